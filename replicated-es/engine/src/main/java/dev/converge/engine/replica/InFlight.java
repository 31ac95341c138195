package dev.converge.engine.replica;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.event.ReplicatedEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Events minted or admitted that are not yet known to be stored, in the order given out. */
final class InFlight<E> {
  private final Map<Dot, ReplicatedEvent<E>> events = new LinkedHashMap<>();

  /** Had waited for an own event: to be given out with the next batch. */
  private List<ReplicatedEvent<E>> woken = new ArrayList<>();

  void add(ReplicatedEvent<E> event) {
    events.put(event.dot(), event);
  }

  void addWoken(ReplicatedEvent<E> event) {
    add(event);
    woken.add(event);
  }

  List<ReplicatedEvent<E>> takeWoken() {
    List<ReplicatedEvent<E>> taken = woken;
    woken = new ArrayList<>();
    return taken;
  }

  boolean remove(Dot dot) {
    return events.remove(dot) != null;
  }

  @Nullable ReplicatedEvent<E> get(Dot dot) {
    return events.get(dot);
  }

  Collection<ReplicatedEvent<E>> all() {
    return Collections.unmodifiableCollection(events.values());
  }

  List<ReplicatedEvent<E>> of(ReplicaId replica) {
    return events.values().stream().filter(event -> event.replica().equals(replica)).toList();
  }

  List<CausalContext> contexts() {
    return events.values().stream().map(ReplicatedEvent::context).toList();
  }

  /** The latest time of all, at least {@code least}. */
  HybridTimestamp latestTime(HybridTimestamp least) {
    HybridTimestamp latest = least;
    for (ReplicatedEvent<E> event : events.values()) {
      latest = latest.max(event.time());
    }
    return latest;
  }
}
