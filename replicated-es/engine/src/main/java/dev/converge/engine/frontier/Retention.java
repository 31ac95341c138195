package dev.converge.engine.frontier;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;

/**
 * What may be let go of, at one moment. Immutable and thread-safe; each question costs O(log
 * origins).
 *
 * <p>An event leaves <em>memory</em> when it is final and stable: its place, its decision and its
 * effect can never change. It can still be a rival: an event to come may have a context that is
 * ignorant of it, because a client had read long ago. Then its entity reads the tail again from the
 * journal, which is rare and costs what an activation costs.
 *
 * <p>So it leaves the <em>journal</em> only below the floor: each replica announces that events
 * that it writes from then on count everything below as seen, whatever a client says ({@code
 * context.merge(floor)}), and waits with that as long as clients may be away. What every replica
 * has put below its floor, and whose announcements have come with the logs before them, no event to
 * come can be concurrent with.
 *
 * @param finalTime events at or before it are final: {@link FinalFrontier#time}
 * @param stable {origin → LSN} that every member has: {@link StableFrontier#vector}
 * @param floor {origin → LSN} that every member counts as seen: the same, of floors
 * @param keepFrom events at or after it are kept in the journal, for people to look at
 */
public record Retention(
    HybridTimestamp finalTime,
    VersionVector stable,
    VersionVector floor,
    HybridTimestamp keepFrom) {

  /** Whether an event may leave the memory of its entity, its effect kept in the checkpoint. */
  public boolean mayLeaveMemory(ReplicaId origin, long lsn, HybridTimestamp time) {
    return time.compareTo(finalTime) <= 0 && lsn <= stable.get(origin);
  }

  /**
   * Whether the journal may drop an event.
   *
   * @param inSnapshot whether the oldest usable snapshot of its entity has its effect
   */
  public boolean mayLeaveJournal(
      ReplicaId origin, long lsn, HybridTimestamp time, boolean inSnapshot) {
    return inSnapshot
        && mayLeaveMemory(origin, lsn, time)
        && lsn <= floor.get(origin)
        && time.compareTo(keepFrom) < 0;
  }
}
