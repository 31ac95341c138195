package dev.converge.pekko.wire;

/**
 * An event with its place in its origin's replica log.
 *
 * @param record the event
 * @param lsn the replica log number that its origin gave it, from 1; 0 if it is not known here: an
 *     own event before its commit, or another replica's that came by push
 */
public record LoggedEvent(EventRecord record, long lsn) {
  /**
   * Checks the position.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public LoggedEvent {
    if (lsn < 0) {
      throw new IllegalArgumentException("a log sequence number is not negative: " + lsn);
    }
  }
}
