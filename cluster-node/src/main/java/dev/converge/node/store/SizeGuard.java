package dev.converge.node.store;

import dev.converge.crdt.ORMap;
import dev.converge.crdt.Timestamped;
import dev.converge.crdt.Variant;
import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotStore;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Refuses writes that could not travel, and values that became too large.
 *
 * <p>Sizes are estimates of the encoded form. Of a value of many dots an upper bound is kept, which
 * grows with each delta; only one that passes the limit is measured anew, in O(n). Not thread-safe:
 * guarded by its bucket's lock.
 */
final class SizeGuard {
  /** Values of fewer dots, each by a small write, are surely small. */
  private static final int SMALL_DOTS = 64;

  private static final int SMALL_WRITE = 1 << 10;
  private static final int BYTES_OF_A_DOT = 14;

  private final StoreLimits limits;

  /** For values that are not small; null until there is one. */
  private @Nullable Map<String, Long> bounds;

  SizeGuard(StoreLimits limits) {
    this.limits = limits;
  }

  /** Something came from elsewhere: its size is not known any more. */
  void forget(String key) {
    if (bounds != null) {
      bounds.remove(key);
    }
  }

  /**
   * Judges a write to {@code key} before it is taken.
   *
   * @throws StoreLimitException if a limit would be passed; nothing has changed then
   */
  void check(String key, ORMap<String, Variant> delta, ORMap<String, Variant> after) {
    DotStore written = Buckets.store(delta).get(key);
    DotStore value = Buckets.store(after).get(key);
    if (written == null || value == null) {
      return; // it only removes
    }
    long deltaBytes = estimate(written);
    if (deltaBytes > limits.writeBytes()) {
      throw StoreLimitException.write(key, deltaBytes, limits.writeBytes());
    }
    if (value.size() <= SMALL_DOTS
        && deltaBytes <= SMALL_WRITE
        && (long) SMALL_DOTS * SMALL_WRITE <= limits.valueBytes()) {
      return;
    }
    if (bounds == null) {
      bounds = new HashMap<>();
    }
    Long known = bounds.get(key);
    long bound = known == null ? estimate(value) : known + deltaBytes;
    if (bound > limits.valueBytes()) {
      bound = estimate(value);
    }
    if (bound > limits.valueBytes()) {
      bounds.remove(key);
      throw StoreLimitException.value(key, bound, limits.valueBytes());
    }
    bounds.put(key, bound);
  }

  /** A key is gone. */
  void removed(String key) {
    forget(key);
  }

  /** About how many bytes {@code store} takes when encoded. O(n). */
  static long estimate(DotStore store) {
    if (store instanceof DotMap<?, ?> map) {
      long bytes = 3;
      for (Map.Entry<?, ? extends DotStore> e : map) {
        bytes += ofKey(e.getKey()) + estimate(e.getValue());
      }
      return bytes;
    }
    if (store instanceof DotFun<?> fun) {
      long bytes = 3;
      for (Map.Entry<?, ?> e : fun) {
        bytes += BYTES_OF_A_DOT + ofContent(e.getValue());
      }
      return bytes;
    }
    return 3L + (long) BYTES_OF_A_DOT * store.size();
  }

  static long ofKey(Object key) {
    if (key instanceof Element.Text text) {
      return 4L + text.value().length();
    }
    if (key instanceof Element.Numeric number) {
      return 6L + number.value().unscaledValue().bitLength() / 8;
    }
    return 3L + ((String) key).length();
  }

  private static long ofContent(Object content) {
    if (content instanceof BigInteger number) {
      return 2L + number.bitLength() / 8;
    }
    if (content instanceof Timestamped<?> write) {
      return 12L + ofContent(write.value());
    }
    if (content instanceof JsonValue json) {
      return 4L + json.text().length();
    }
    if (content instanceof SequencePart<?> part) {
      return 40L + part.size();
    }
    if (content instanceof RightsRow row) {
      return row.size();
    }
    return content instanceof String text ? 3L + text.length() : 16L;
  }
}
