package dev.converge.pekko.entity;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.wire.EventRecord;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The events of an entity that are in the journal and cannot be folded: of a newer schema than this
 * node knows, or behind such. They stay in the journal, and are read again after an upgrade; here
 * is only which they are. Of each replica they are its last ones, as each event depends on the one
 * before it. Single-threaded; O(replicas) in memory.
 */
final class Parked {
  private final TreeMap<ReplicaId, Range> ranges = new TreeMap<>();
  private @Nullable HybridTimestamp earliest;
  private long firstPosition = Long.MAX_VALUE;

  private record Range(long first, long last) {}

  /** Whether an event depends on a parked one. */
  boolean isBefore(EventRecord event) {
    return follows(event.dot().replica(), event.dot().sequence() - 1, event.context());
  }

  private boolean follows(ReplicaId replica, long sequence, CausalContext context) {
    for (Map.Entry<ReplicaId, Range> entry : ranges.entrySet()) {
      long first = entry.getValue().first();
      boolean isNext = entry.getKey().equals(replica) && sequence >= first;
      if (isNext || context.next(entry.getKey()).sequence() > first) {
        return true;
      }
    }
    return false;
  }

  /** Parks an event, the next of its replica; one that is parked already is passed over. */
  void add(Dot dot, HybridTimestamp time, long position) {
    ranges.merge(
        dot.replica(),
        new Range(dot.sequence(), dot.sequence()),
        (held, next) -> new Range(held.first(), Math.max(held.last(), next.last())));
    earliest = earliest == null || time.compareTo(earliest) < 0 ? time : earliest;
    firstPosition = Math.min(firstPosition, position);
  }

  /** Whether an event is parked. */
  boolean contains(Dot dot) {
    Range range = ranges.get(dot.replica());
    return range != null && dot.sequence() >= range.first() && dot.sequence() <= range.last();
  }

  /** Whether one of a replica's own is. */
  boolean hasOf(ReplicaId replica) {
    return ranges.containsKey(replica);
  }

  boolean isEmpty() {
    return ranges.isEmpty();
  }

  /** How many. */
  long count() {
    return ranges.isEmpty()
        ? 0
        : ranges.values().stream().mapToLong(range -> range.last() - range.first() + 1).sum();
  }

  /** Of what is final up to {@code time}, what is not behind a parked event. */
  HybridTimestamp heldBack(HybridTimestamp time) {
    return earliest == null || earliest.compareTo(time) > 0
        ? time
        : HybridTimestamp.ofPacked(Math.max(0, earliest.packed() - 1));
  }

  /** Their rows are at or behind this place of the journal. */
  long firstPosition() {
    return firstPosition;
  }
}
