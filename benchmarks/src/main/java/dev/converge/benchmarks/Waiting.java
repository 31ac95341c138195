package dev.converge.benchmarks;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for something, up to a limit. */
final class Waiting {
  private static final long POLL_NANOS = 1_000_000;

  private Waiting() {}

  /**
   * Waits.
   *
   * @return milliseconds that it took
   * @throws IllegalStateException if the limit has passed
   */
  static long until(String what, long limitMillis, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > limitMillis * 1_000_000) {
        throw new IllegalStateException("not within " + limitMillis / 1_000 + " s: " + what);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    return (System.nanoTime() - start) / 1_000_000;
  }
}
