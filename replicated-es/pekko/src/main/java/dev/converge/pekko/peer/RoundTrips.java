package dev.converge.pekko.peer;

/**
 * How long to wait for an acknowledgement: RFC 6298, <em>Computing TCP's Retransmission Timer</em>,
 * with Karn's rule that only rows sent once are measured. Single-threaded. Milliseconds.
 */
final class RoundTrips {
  /** How many times the least time before anything was measured. */
  private static final int UNKNOWN = 4;

  private final long least;
  private final long most;
  private double smoothed = -1;
  private double variation;
  private int doublings;

  RoundTrips(long least, long most) {
    this.least = least;
    this.most = most;
  }

  /** So long it took from a first sending to its acknowledgement. */
  void measured(long millis) {
    if (smoothed < 0) {
      smoothed = millis;
      variation = millis / 2.0;
    } else {
      variation = 0.75 * variation + 0.25 * Math.abs(smoothed - millis);
      smoothed = 0.875 * smoothed + 0.125 * millis;
    }
  }

  /** Something was acknowledged. */
  void progressed() {
    doublings = 0;
  }

  /** Nothing was, in time. */
  void timedOut() {
    doublings = Math.min(doublings + 1, 16);
  }

  /** How long to wait now. */
  long limit() {
    // As long as nothing is known, patience: what is sent twice is not measured.
    long base = smoothed < 0 ? UNKNOWN * least : (long) (smoothed + 4 * variation);
    return Math.min(Math.max(least, base) << doublings, most);
  }

  /** The smoothed time; -1 if nothing was measured. */
  long smoothed() {
    return smoothed < 0 ? -1 : Math.round(smoothed);
  }
}
