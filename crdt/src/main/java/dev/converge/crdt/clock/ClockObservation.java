package dev.converge.crdt.clock;

/**
 * What came of showing a remote time to a {@link HybridLogicalClock}: the clock that has taken it
 * in, and how far ahead of the wall clock the remote time is.
 *
 * <p>A remote time far ahead is a fault of some clock. What to do about it is the caller's choice.
 * A <em>replica</em> must take in what others have acknowledged, or it would part from them; it
 * keeps the clock, and tells somebody:
 *
 * <pre>{@code
 * ClockObservation seen = clock.observe(remote, nowMillis, 500);
 * clock = seen.clock();
 * if (seen.isBeyondBound()) {
 *   warn("a clock is " + seen.aheadMillis() + " ms ahead, " + seen.excessMillis() + " too many");
 * }
 * }</pre>
 *
 * <p>A <em>gateway</em>, which nobody depends on yet, may refuse a device whose clock is wrong, and
 * keep its own clock as it was:
 *
 * <pre>{@code
 * ClockObservation offered = clock.observe(remote, nowMillis, 500);
 * if (offered.isBeyondBound()) {
 *   refuse("set your clock: it is " + offered.aheadMillis() + " ms ahead");
 * } else {
 *   clock = offered.clock();
 * }
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 *
 * @param clock the clock after it has seen the remote time
 * @param aheadMillis by how many milliseconds the remote time is ahead of the wall clock; 0 if it
 *     is not
 * @param boundMillis how many would have been all right
 */
public record ClockObservation(HybridLogicalClock clock, long aheadMillis, long boundMillis) {
  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is negative
   */
  public ClockObservation {
    if (aheadMillis < 0 || boundMillis < 0) {
      throw new IllegalArgumentException(
          "milliseconds ahead and their bound are not negative, not "
              + aheadMillis
              + " and "
              + boundMillis);
    }
  }

  /** Whether the remote time is further ahead than the bound. */
  public boolean isBeyondBound() {
    return aheadMillis > boundMillis;
  }

  /** By how many milliseconds the remote time is beyond the bound; 0 if it is not. */
  public long excessMillis() {
    return Math.max(0, aheadMillis - boundMillis);
  }
}
