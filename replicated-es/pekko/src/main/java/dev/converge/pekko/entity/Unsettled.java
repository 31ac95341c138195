package dev.converge.pekko.entity;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.pekko.replication.ReplicaState.Frontier;
import org.jspecify.annotations.Nullable;

/**
 * What an entity waits for from the frontier: that its next event becomes final, or that the first
 * in memory may leave it.
 *
 * @param nextFinal the time of the first event that is not final; null if all are
 * @param head the event that leaves memory next
 */
record Unsettled(@Nullable HybridTimestamp nextFinal, Places.Head head) {
  /** Whether a frontier is news to it. O(log replicas). */
  boolean isMovedBy(Frontier frontier) {
    HybridTimestamp time = frontier.finalTime();
    return (nextFinal != null && nextFinal.compareTo(time) <= 0)
        || (head.time().compareTo(time) <= 0
            && head.lsn() > 0
            && head.lsn() <= frontier.stable().get(head.origin()));
  }
}
