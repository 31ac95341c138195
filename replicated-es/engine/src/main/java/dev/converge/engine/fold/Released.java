package dev.converge.engine.fold;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.ReplicatedEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The events that were released: a prefix of the total order, and of each replica's events. Their
 * effect is in the state that the others are folded on.
 *
 * <p>Two parts. What every event to come has seen is <em>dropped</em>. The rest is <em>kept</em>:
 * it is judged for good and never applied again, and later events still meet it as a rival.
 */
final class Released<S, E> {
  private long size;
  private HybridTimestamp time;
  private @Nullable Dot last;
  private VersionVector vector;
  private VersionVector dropped;

  /** In the total order. */
  private final Map<Dot, Entry<S, E>> kept = new LinkedHashMap<>();

  Released(FoldCheckpoint<S, E> start) {
    this.size = start.size();
    this.time = start.time();
    this.last = start.last();
    this.vector = start.vector();
    this.dropped = start.dropped();
    start.kept().forEach(one -> kept.put(one.dot(), new Entry<>(one)));
  }

  /** Takes in the next of the total order. */
  void add(Entry<S, E> entry) {
    Dot dot = entry.event.dot();
    size++;
    if (isBefore(entry.event)) {
      time = entry.event.time();
      last = dot;
    } // else it came too late, and was folded all the same
    vector = vector.with(dot.replica(), dot.sequence());
    if (!entry.keys.isEmpty()) {
      kept.put(dot, entry);
    }
  }

  /**
   * Drops what is seen.
   *
   * @param seen what every event in memory and to come has seen
   * @return the entries that nothing will meet any more
   */
  List<Entry<S, E>> drop(VersionVector seen) {
    dropped = dropped.merge(seen.meet(vector));
    List<Entry<S, E>> gone = new ArrayList<>();
    for (Iterator<Entry<S, E>> all = kept.values().iterator(); all.hasNext(); ) {
      Entry<S, E> entry = all.next();
      if (dropped.contains(entry.event.dot())) {
        gone.add(entry);
        all.remove();
      }
    }
    return gone;
  }

  boolean isEmpty() {
    return last == null;
  }

  /** Whether all of it is before an event in the total order. */
  boolean isBefore(ReplicatedEvent<E> event) {
    int byTime = time.compareTo(event.time());
    return last == null || byTime < 0 || (byTime == 0 && last.compareTo(event.dot()) < 0);
  }

  /** Whether an event with this context cannot have a rival among the dropped. */
  boolean isSeenBy(CausalContext context, VersionVector floor) {
    return FoldCheckpoint.sees(context, floor, dropped);
  }

  HybridTimestamp time() {
    return time;
  }

  long size() {
    return size;
  }

  VersionVector vector() {
    return vector;
  }

  VersionVector dropped() {
    return dropped;
  }

  Collection<Entry<S, E>> kept() {
    return kept.values();
  }

  FoldCheckpoint<S, E> checkpoint(
      S state, Collection<CountedRequest> requests, Collection<HeldConflict<E>> conflicts) {
    return new FoldCheckpoint<>(
        state,
        size,
        time,
        last,
        vector,
        dropped,
        kept.values().stream().map(Entry::judged).toList(),
        List.copyOf(requests),
        List.copyOf(conflicts));
  }
}
