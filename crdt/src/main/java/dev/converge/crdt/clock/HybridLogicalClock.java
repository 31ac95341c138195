package dev.converge.crdt.clock;

/**
 * A hybrid logical clock as a value: the last reading, from which the next is made.
 *
 * <p>Never goes back, stays close to the wall clock, and grows along causality: a reading made
 * after {@link #observe} is later than everything observed. Immutable and thread-safe; whoever
 * shares one between threads keeps it in an {@code AtomicReference}. All operations are O(1). See
 * Kulkarni et al. (2014), algorithm 1.
 *
 * <pre>{@code
 * HybridLogicalClock clock = HybridLogicalClock.START.tick(nowMillis);
 * HybridTimestamp sent = clock.last();
 * HybridLogicalClock there = HybridLogicalClock.START.observe(sent).tick(nowMillis);
 * boolean later = there.last().compareTo(sent) > 0;       // true
 * }</pre>
 *
 * @param last the last reading given or observed
 */
public record HybridLogicalClock(HybridTimestamp last) {
  /** A clock that has given and seen nothing. */
  public static final HybridLogicalClock START = new HybridLogicalClock(HybridTimestamp.ZERO);

  /**
   * The clock after one more reading at wall time {@code nowMillis}; the reading is {@link #last}.
   *
   * @param nowMillis milliseconds since the epoch, at most {@link HybridTimestamp#MAX_MILLIS}
   * @throws IllegalArgumentException if {@code nowMillis} is beyond its range
   */
  public HybridLogicalClock tick(long nowMillis) {
    return new HybridLogicalClock(
        nowMillis > last.millis() ? new HybridTimestamp(nowMillis, 0) : last.next());
  }

  /**
   * The clock after it has seen a remote reading. A remote time is always taken in; whether it is
   * too far ahead of the own wall clock, {@link #observe(HybridTimestamp, long, long)} tells.
   */
  public HybridLogicalClock observe(HybridTimestamp remote) {
    return remote.compareTo(last) > 0 ? new HybridLogicalClock(remote) : this;
  }

  /**
   * As {@link #observe(HybridTimestamp)}, and tells whether the remote time is further ahead of the
   * wall clock than it should be; {@link ClockObservation} shows what a caller can do about it.
   *
   * @param nowMillis milliseconds since the epoch, not negative
   * @param boundMillis how far ahead a remote clock may be, not negative
   * @throws IllegalArgumentException if {@code nowMillis} or {@code boundMillis} is negative
   */
  public ClockObservation observe(HybridTimestamp remote, long nowMillis, long boundMillis) {
    return new ClockObservation(observe(remote), aheadMillis(remote, nowMillis), boundMillis);
  }

  /**
   * How many milliseconds {@code remote} is ahead of wall time {@code nowMillis}; 0 if it is not.
   *
   * @throws IllegalArgumentException if {@code nowMillis} is negative
   */
  public static long aheadMillis(HybridTimestamp remote, long nowMillis) {
    if (nowMillis < 0) {
      throw new IllegalArgumentException("wall time is not negative, not " + nowMillis);
    }
    return Math.max(0, remote.millis() - nowMillis);
  }
}
