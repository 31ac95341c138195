package dev.converge.multinode.proxy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** What becomes of bytes that go from one to another, on any connection. Thread-safe. */
public final class Way {
  private final AtomicLong delayNanos = new AtomicLong();
  private volatile boolean lost;

  /** A way on which all passes at once. */
  public Way() {}

  /**
   * From now on each byte comes as long after it was sent as this says, as on a long line. How much
   * passes is not limited.
   */
  public void delay(Duration delay) {
    delayNanos.set(delay.toNanos());
  }

  /** Whether what is sent from now on is lost. */
  public void lose(boolean loses) {
    lost = loses;
  }

  long delayNanos() {
    return delayNanos.get();
  }

  boolean isLost() {
    return lost;
  }
}
