package dev.converge.engine.frontier;

import dev.converge.crdt.clock.HybridTimestamp;

/**
 * What a replica promises about its log: "everything of mine up to this LSN; nothing new of mine
 * will be as old as this time". Durable before it is given.
 *
 * @param lsn a position in the replica's log, 0 before its first event
 * @param time every event behind {@code lsn} is later
 */
public record Promise(long lsn, HybridTimestamp time) {
  /**
   * Checks the position.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public Promise {
    if (lsn < 0) {
      throw new IllegalArgumentException("a log sequence number is not negative: " + lsn);
    }
  }

  /**
   * Whether this one was given after {@code other}, of the same replica.
   *
   * @throws IllegalArgumentException if no replica can have given both
   */
  boolean isNewerThan(Promise other) {
    int byTime = time.compareTo(other.time);
    if ((byTime < 0 && lsn > other.lsn) || (byTime > 0 && lsn < other.lsn)) {
      throw new IllegalArgumentException(
          "a replica gave promises that contradict each other: " + other + " and " + this);
    }
    return byTime > 0;
  }
}
