package dev.converge.examples;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for what comes by itself. */
public final class Await {
  private static final long PAUSE_MILLIS = 20;

  private Await() {}

  /**
   * Looks again and again until {@code good} accepts what is seen, or {@code limit} is over; the
   * last that was seen either way.
   */
  public static <T> T until(Duration limit, Supplier<T> look, Predicate<T> good)
      throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    T seen = look.get();
    while (!good.test(seen) && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      seen = look.get();
    }
    return seen;
  }
}
