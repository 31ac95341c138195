package dev.converge.pekko.wire;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;

/**
 * One row of a replica's log, as it is shipped, stored and read.
 *
 * @param origin whose log
 * @param lsn the place in that log, contiguous from 1; 0 in a row that was carried over from an
 *     older journal and whose log has not come yet, which is never shipped
 * @param after {origin → LSN} of other logs: what the origin held when it committed this row.
 *     Whoever stores the row holds that already
 * @param entry what it says
 * @param position the place in this node's journal, in the order of its commits; 0 where it is not
 *     stored yet. Not part of what is shipped
 */
public record LogRow(
    ReplicaId origin, long lsn, VersionVector after, LogEntry entry, long position) {
  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public LogRow {
    if (lsn < 0 || position < 0) {
      throw new IllegalArgumentException(
          "a row's log number and position are not negative: " + lsn + ", " + position);
    }
  }

  /** The row at its place in this node's journal. */
  public LogRow at(long place) {
    return new LogRow(origin, lsn, after, entry, place);
  }
}
