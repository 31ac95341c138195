package dev.converge.engine.sync;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.ReplicatedEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The events that a replica holds, by dot, and the planner of what a peer lacks. Single-threaded,
 * mutable.
 *
 * <p>Invariant: the dots of each replica are contiguous from 1, and their times grow.
 *
 * @param <E> the type of payloads
 */
public final class EventLog<E> {
  private final TreeMap<ReplicaId, List<ReplicatedEvent<E>>> byReplica = new TreeMap<>();
  private VersionVector vector = VersionVector.empty();
  private HybridTimestamp latest = HybridTimestamp.ZERO;

  /**
   * Takes in the next event of its replica. O(replicas).
   *
   * @throws IllegalArgumentException if it is not the next, or not later than the one before
   */
  public void add(ReplicatedEvent<E> event) {
    List<ReplicatedEvent<E>> events =
        byReplica.computeIfAbsent(event.replica(), replica -> new ArrayList<>());
    if (event.dot().sequence() != events.size() + 1) {
      throw new IllegalArgumentException(
          "event " + event.dot() + " is not the next of its replica; held: " + vector);
    }
    if (!events.isEmpty() && events.get(events.size() - 1).time().compareTo(event.time()) >= 0) {
      throw new IllegalArgumentException(
          "event " + event.dot() + " is not later than the one before it");
    }
    events.add(event);
    vector = vector.with(event.replica(), event.dot().sequence());
    latest = latest.max(event.time());
  }

  /** The event with this dot, or null. O(log replicas). */
  public @Nullable ReplicatedEvent<E> get(Dot dot) {
    List<ReplicatedEvent<E>> events = byReplica.get(dot.replica());
    return events == null || dot.sequence() > events.size()
        ? null
        : events.get((int) (dot.sequence() - 1));
  }

  /** The event with this dot. */
  public Optional<ReplicatedEvent<E>> find(Dot dot) {
    return Optional.ofNullable(get(dot));
  }

  /** The dots held. */
  public VersionVector vector() {
    return vector;
  }

  /** The latest time of an event held; zero if there is none. */
  public HybridTimestamp latestTime() {
    return latest;
  }

  /**
   * What a peer lacks, as much as the limits allow. Ask again with {@link SyncBatch#upTo} until
   * {@link SyncBatch#complete}. Costs O(batch · log replicas), however much the peer lacks.
   *
   * @param theirs what the peer holds
   */
  public SyncBatch<E> missingFor(VersionVector theirs, SyncLimits<E> limits) {
    PriorityQueue<Cursor<E>> heads =
        new PriorityQueue<>(Comparator.comparing(Cursor::event, ReplicatedEvent.TOTAL_ORDER));
    for (Map.Entry<ReplicaId, List<ReplicatedEvent<E>>> entry : byReplica.entrySet()) {
      long held = theirs.get(entry.getKey());
      if (held < entry.getValue().size()) {
        heads.add(new Cursor<>(entry.getValue(), (int) held));
      }
    }
    List<ReplicatedEvent<E>> events = new ArrayList<>();
    VersionVector upTo = theirs;
    long bytes = 0;
    while (!heads.isEmpty() && events.size() < limits.maxEvents()) {
      ReplicatedEvent<E> event = heads.peek().event();
      bytes = Math.addExact(bytes, limits.size().applyAsLong(event));
      if (bytes > limits.maxBytes() && !events.isEmpty()) {
        break;
      }
      events.add(event);
      upTo = upTo.with(event.replica(), event.dot().sequence());
      Cursor<E> head = heads.remove();
      if (head.index() + 1 < head.events().size()) {
        heads.add(new Cursor<>(head.events(), head.index() + 1));
      }
    }
    return new SyncBatch<>(events, upTo, heads.isEmpty());
  }

  /**
   * The events whose authors had not seen the given one, nor it them, whatever they touch; in dot
   * order. Costs O(n).
   *
   * @param limit how many at most
   */
  public List<Dot> concurrentWith(ReplicatedEvent<E> event, int limit) {
    return byReplica.values().stream()
        .flatMap(List::stream)
        .filter(event::concurrentWith)
        .limit(limit)
        .map(ReplicatedEvent::dot)
        .toList();
  }

  private record Cursor<E>(List<ReplicatedEvent<E>> events, int index) {
    ReplicatedEvent<E> event() {
      return events.get(index);
    }
  }
}
