package dev.converge.pekko.peer;

import java.util.OptionalLong;

/**
 * How far a peer's wall clock is off, from the times in its messages. What a message takes on its
 * way makes the peer look behind, so of the last {@value #SAMPLES} the one that looks most ahead
 * counts: the quickest (the idea of NTP's clock filter, RFC 5905). Single-threaded. Milliseconds.
 */
final class ClockWatch {
  private static final int SAMPLES = 8;

  private final long limit;
  private final long[] samples = new long[SAMPLES];
  private int count;
  private boolean isOff;

  ClockWatch(long limit) {
    this.limit = limit;
  }

  /**
   * A message came that was sent at {@code theirs}.
   *
   * @return whether the peer's clock came to be off, or right again, with this one
   */
  boolean sample(long theirs, long mine) {
    // A wild number must not wrap around.
    long skew = Math.max(-(1L << 60), Math.min(1L << 60, theirs)) - mine;
    samples[count++ % SAMPLES] = skew;
    boolean before = isOff;
    long now = skew().orElse(0);
    // The first messages may have waited for a node that starts, which makes the peer look behind.
    boolean isTold = now > 0 || count >= SAMPLES;
    // Half the limit brings it back, so that it is not said again and again.
    isOff = isTold && Math.abs(now) > (before ? limit / 2 : limit);
    return isOff != before;
  }

  boolean isOff() {
    return isOff;
  }

  /** Positive if the peer's clock is ahead; empty if nothing was heard. */
  OptionalLong skew() {
    if (count == 0) {
      return OptionalLong.empty();
    }
    long most = Long.MIN_VALUE;
    for (int i = 0; i < Math.min(count, SAMPLES); i++) {
      most = Math.max(most, samples[i]);
    }
    return OptionalLong.of(most);
  }
}
