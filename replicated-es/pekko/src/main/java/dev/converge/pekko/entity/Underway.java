package dev.converge.pekko.entity;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * How much work is on its way through the {@link Registry}. While some is, what comes later for the
 * same entity takes the same way, so that the commands of one sender are dealt with in the order
 * they were sent in. Counted by stripes of keys: a collision costs a detour, not the order.
 *
 * <p>Thread-safe; all operations O(1).
 */
final class Underway {
  private static final int STRIPES = 1 << 12;

  private final AtomicIntegerArray counts = new AtomicIntegerArray(STRIPES);

  private static int stripe(String key) {
    int hash = key.hashCode();
    return (hash ^ (hash >>> 16)) & (STRIPES - 1);
  }

  void sent(String key) {
    counts.incrementAndGet(stripe(key));
  }

  /** Is in the entity's inbox now, or was refused. */
  void arrived(String key) {
    counts.decrementAndGet(stripe(key));
  }

  boolean any(String key) {
    return counts.get(stripe(key)) != 0;
  }
}
