package dev.converge.node.store;

import dev.converge.crdt.ORMap;
import dev.converge.crdt.Variant;
import dev.converge.crdt.causal.DotStore;
import java.util.HashMap;
import java.util.Map;

/**
 * Refuses what would make a value or its bucket too large to travel.
 *
 * <p>Sizes are kept as upper bounds, which grow with each delta; only a bound that passes its limit
 * is replaced by the exact size, in O(n). Not thread-safe: guarded by its bucket's lock.
 */
final class SizeGuard {
  /** Values of fewer dots are cheap enough to be measured each time. */
  private static final int SMALL_DOTS = 64;

  /**
   * A write as small as this that adds no dot is let through into a full bucket: counters go on
   * counting.
   */
  private static final int SMALL_BYTES = 256;

  private static final long UNKNOWN = Long.MAX_VALUE / 2;

  private final StoreLimits limits;
  private long bucketBound;

  /** For values that are not small. */
  private final Map<String, Long> valueBounds = new HashMap<>();

  SizeGuard(StoreLimits limits) {
    this.limits = limits;
  }

  /** Something came from elsewhere: nothing is known any more. */
  void forget() {
    bucketBound = UNKNOWN;
    valueBounds.clear();
  }

  /**
   * Judges the step from {@code before} to {@code after} by a write to {@code key}, before it is
   * taken.
   *
   * @throws StoreLimitException if a limit would be passed; nothing has changed then
   */
  void check(
      ORMap<String, Variant> before,
      String key,
      ORMap<String, Variant> delta,
      ORMap<String, Variant> after) {
    int deltaBytes = BucketCodec.encode(delta).length;
    boolean grows =
        after.causal().store().size() > before.causal().store().size() || deltaBytes > SMALL_BYTES;
    DotStore value = after.causal().store().get(key);
    if (!grows || value == null) {
      bucketBound += deltaBytes;
      valueBounds.computeIfPresent(key, (k, bound) -> bound + deltaBytes);
      return;
    }
    long valueBytes = valueBytes(key, value, deltaBytes);
    if (valueBytes > limits.valueBytes()) {
      throw StoreLimitException.value(key, valueBytes, limits.valueBytes());
    }
    long bound = bucketBound + deltaBytes;
    if (bound > limits.bucketBytes()) {
      bound = BucketCodec.encode(after).length;
      if (bound > limits.bucketBytes()) {
        bucketBound = BucketCodec.encode(before).length;
        throw StoreLimitException.bucket(key, bound, limits.bucketBytes());
      }
    }
    bucketBound = bound;
    if (value.size() > SMALL_DOTS) {
      valueBounds.put(key, valueBytes);
    }
  }

  private long valueBytes(String key, DotStore value, int deltaBytes) {
    Long known = value.size() > SMALL_DOTS ? valueBounds.get(key) : null;
    long bound = known == null ? UNKNOWN : known + deltaBytes;
    return bound <= limits.valueBytes() ? bound : BucketCodec.sizeOf(value);
  }

  /** A key is gone. */
  void removed(String key) {
    valueBounds.remove(key);
  }
}
