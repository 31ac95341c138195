package dev.converge.multinode;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Waiting in the test's JVM. */
final class Waiting {
  private static final Duration POLL = Duration.ofMillis(100);

  private Waiting() {}

  static void pause(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(100)));
    }
  }

  /**
   * Looks ten times a second until something is so.
   *
   * @return why it was not so at the last look; null if it is so
   */
  static @Nullable String until(Duration limit, Callable<Boolean> condition) {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      String why;
      try {
        if (condition.call()) {
          return null;
        }
        why = "it is not so";
      } catch (Exception | AssertionError e) {
        why = "the last look gave " + e;
      }
      if (System.nanoTime() > end) {
        return why;
      }
      pause(POLL);
    }
  }
}
