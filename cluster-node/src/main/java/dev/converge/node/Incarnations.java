package dev.converge.node;

import java.security.SecureRandom;
import java.util.function.LongSupplier;

/**
 * Numbers for new writers: milliseconds since the epoch, then 20 random bits. Later ones are larger
 * while the wall clock goes forward; two are never equal, but for a chance of one in a million
 * within the same millisecond of one name. Thread-safe.
 */
final class Incarnations implements LongSupplier {
  private static final int RANDOM_BITS = 20;

  private final LongSupplier wallMillis;
  private final SecureRandom random = new SecureRandom();
  private long last;

  Incarnations(LongSupplier wallMillis) {
    this.wallMillis = wallMillis;
  }

  @Override
  public synchronized long getAsLong() {
    long next = (wallMillis.getAsLong() << RANDOM_BITS) | random.nextInt(1 << RANDOM_BITS);
    last = Math.max(next, last + 1);
    return last;
  }
}
