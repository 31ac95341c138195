package dev.converge.pekko.replay;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.wire.EventRecord;

/**
 * One event of an exported history.
 *
 * @param origin whose log it is in
 * @param lsn the place in that log, from 1; 0 if that is not known
 * @param event the event, its payload as bytes
 */
public record HistoryRow(ReplicaId origin, long lsn, EventRecord event) {
  /**
   * Checks the place.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public HistoryRow {
    if (lsn < 0) {
      throw new IllegalArgumentException("a log number is from 1, or 0 for none, not " + lsn);
    }
  }
}
