package dev.converge.benchmarks;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/** When each numbered event was first applied at each replica, by one clock. Thread-safe. */
final class Arrivals {
  static final int REPLICAS = 3;

  private final AtomicLongArray[] first = new AtomicLongArray[REPLICAS];
  private final AtomicIntegerArray counts = new AtomicIntegerArray(REPLICAS);
  private final int events;

  /** For events 0 to {@code events} - 1. */
  Arrivals(int events) {
    this.events = events;
    for (int i = 0; i < REPLICAS; i++) {
      first[i] = new AtomicLongArray(events);
    }
  }

  /** An event was applied; other numbers than the expected are passed over. */
  void at(int replica, long number) {
    if (number >= 0
        && number < events
        && first[replica].compareAndSet((int) number, 0, System.nanoTime())) {
      counts.incrementAndGet(replica);
    }
  }

  /** Waits until each replica has applied all. */
  void awaitAll(long seconds) throws TimeoutException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    for (int i = 0; i < REPLICAS; i++) {
      while (counts.get(i) < events) {
        if (System.nanoTime() > deadline) {
          throw new TimeoutException("applied " + counts + " of " + events + " events");
        }
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  /** The last first time over all replicas. */
  long last() {
    long last = Long.MIN_VALUE;
    for (AtomicLongArray times : first) {
      for (int i = 0; i < events; i++) {
        last = Math.max(last, times.get(i));
      }
    }
    return last;
  }

  /** For each event from {@code skipped} on, nanoseconds from {@code sent} to the last replica. */
  long[] delays(long[] sent, int skipped) {
    long[] delays = new long[events - skipped];
    for (int i = skipped; i < events; i++) {
      long last = Long.MIN_VALUE;
      for (AtomicLongArray times : first) {
        last = Math.max(last, times.get(i));
      }
      delays[i - skipped] = last - sent[i];
    }
    Arrays.sort(delays);
    return delays;
  }
}
