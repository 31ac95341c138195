package dev.converge.engine.sync;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.causal.DotRange;
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
 * The events that a replica holds in memory, by dot, and the planner of what a peer lacks.
 * Single-threaded, mutable.
 *
 * <p>Invariant: the dots of each replica are contiguous from the first that was not released, and
 * their times grow.
 *
 * @param <E> the type of payloads
 */
public final class EventLog<E> {
  private final TreeMap<ReplicaId, List<ReplicatedEvent<E>>> byReplica = new TreeMap<>();
  private VersionVector released;
  private VersionVector vector;
  private HybridTimestamp latest;

  /** An empty log. */
  public EventLog() {
    this(VersionVector.empty(), HybridTimestamp.ZERO);
  }

  /**
   * A log whose first events are in a checkpoint.
   *
   * @param released the dots of those
   * @param latest the latest time of those
   */
  public EventLog(VersionVector released, HybridTimestamp latest) {
    this.released = released;
    this.vector = released;
    this.latest = latest;
  }

  /**
   * Takes in the next event of its replica. O(replicas).
   *
   * @throws IllegalArgumentException if it is not the next, or not later than the one before
   */
  public void add(ReplicatedEvent<E> event) {
    List<ReplicatedEvent<E>> events =
        byReplica.computeIfAbsent(event.replica(), replica -> new ArrayList<>());
    if (event.dot().sequence() != vector.get(event.replica()) + 1) {
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

  /** The event with this dot, null if it is not in memory. O(log replicas). */
  public @Nullable ReplicatedEvent<E> get(Dot dot) {
    List<ReplicatedEvent<E>> events = byReplica.get(dot.replica());
    long at = dot.sequence() - released.get(dot.replica()) - 1;
    return events == null || at < 0 || at >= events.size() ? null : events.get((int) at);
  }

  /** Lets go of events. O(events held). */
  public void release(VersionVector upTo) {
    byReplica.forEach(
        (replica, events) -> {
          long count = upTo.get(replica) - released.get(replica);
          if (count > 0) {
            events.subList(0, (int) Math.min(count, events.size())).clear();
          }
        });
    released = released.merge(upTo.meet(vector));
  }

  /** The dots that were released. */
  public VersionVector released() {
    return released;
  }

  /** The events in memory, by replica, then sequence number. */
  public List<ReplicatedEvent<E>> events() {
    return byReplica.values().stream().flatMap(List::stream).toList();
  }

  /** The event with this dot. */
  public Optional<ReplicatedEvent<E>> find(Dot dot) {
    return Optional.ofNullable(get(dot));
  }

  /** The dots held, in memory or released. */
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
    if (!theirs.covers(released)) {
      return new SyncBatch<>(List.of(), theirs, false, releasedBeyond(theirs));
    }
    for (Map.Entry<ReplicaId, List<ReplicatedEvent<E>>> entry : byReplica.entrySet()) {
      long held = theirs.get(entry.getKey()) - released.get(entry.getKey());
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
    return new SyncBatch<>(events, upTo, heads.isEmpty(), List.of());
  }

  private List<DotRange> releasedBeyond(VersionVector theirs) {
    List<DotRange> ranges = new ArrayList<>();
    released.forEach(
        (replica, last) -> {
          if (last > theirs.get(replica)) {
            ranges.add(new DotRange(replica, theirs.get(replica) + 1, last));
          }
        });
    return ranges;
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
