package dev.converge.crdt.sequence;

import org.jspecify.annotations.Nullable;

/**
 * A node of a persistent sorted map from longs: a weight-balanced tree; {@code null} is the empty
 * map. All operations are O(log n). See Adams, <em>Efficient sets: a balancing act</em> (1993),
 * with the parameters that Hirai and Yamamoto (2011) proved right.
 *
 * @param <V> the values
 */
final class LongMap<V> {
  private static final int DELTA = 3;
  private static final int RATIO = 2;

  final long key;
  final V value;
  final @Nullable LongMap<V> left;
  final @Nullable LongMap<V> right;
  private final int size;

  private LongMap(long key, V value, @Nullable LongMap<V> left, @Nullable LongMap<V> right) {
    this.key = key;
    this.value = value;
    this.left = left;
    this.right = right;
    this.size = 1 + size(left) + size(right);
  }

  static int size(@Nullable LongMap<?> map) {
    return map == null ? 0 : map.size;
  }

  /** The entry with the greatest key that is at most {@code key}. */
  static <V> @Nullable LongMap<V> floor(@Nullable LongMap<V> map, long key) {
    LongMap<V> best = null;
    LongMap<V> at = map;
    while (at != null) {
      if (at.key <= key) {
        best = at;
        at = at.right;
      } else {
        at = at.left;
      }
    }
    return best;
  }

  /** The entry with the least key that is at least {@code key}. */
  static <V> @Nullable LongMap<V> ceiling(@Nullable LongMap<V> map, long key) {
    LongMap<V> best = null;
    LongMap<V> at = map;
    while (at != null) {
      if (at.key >= key) {
        best = at;
        at = at.left;
      } else {
        at = at.right;
      }
    }
    return best;
  }

  static <V> LongMap<V> put(@Nullable LongMap<V> map, long key, V value) {
    if (map == null) {
      return new LongMap<>(key, value, null, null);
    }
    if (key < map.key) {
      return balance(map.key, map.value, put(map.left, key, value), map.right);
    }
    if (key > map.key) {
      return balance(map.key, map.value, map.left, put(map.right, key, value));
    }
    return new LongMap<>(key, value, map.left, map.right);
  }

  /** The map without {@code key}, which need not be there. */
  static <V> @Nullable LongMap<V> remove(@Nullable LongMap<V> map, long key) {
    if (map == null) {
      return null;
    }
    if (key < map.key) {
      return balance(map.key, map.value, remove(map.left, key), map.right);
    }
    if (key > map.key) {
      return balance(map.key, map.value, map.left, remove(map.right, key));
    }
    if (map.left == null) {
      return map.right;
    }
    if (map.right == null) {
      return map.left;
    }
    LongMap<V> next = map.right;
    while (next.left != null) {
      next = next.left;
    }
    return balance(next.key, next.value, map.left, remove(map.right, next.key));
  }

  /** Told an entry. */
  @FunctionalInterface
  interface EntryConsumer<V> {
    void accept(long key, V value);
  }

  /** In the order of the keys. */
  static <V> void forEach(@Nullable LongMap<V> map, EntryConsumer<V> action) {
    if (map != null) {
      forEach(map.left, action);
      action.accept(map.key, map.value);
      forEach(map.right, action);
    }
  }

  private static <V> LongMap<V> balance(
      long key, V value, @Nullable LongMap<V> left, @Nullable LongMap<V> right) {
    int l = size(left);
    int r = size(right);
    if (l + r > 1) {
      if (right != null && r > DELTA * l) {
        LongMap<V> inner = right.left;
        if (inner == null || size(inner) < RATIO * size(right.right)) {
          return new LongMap<>(
              right.key, right.value, new LongMap<>(key, value, left, inner), right.right);
        }
        return new LongMap<>(
            inner.key,
            inner.value,
            new LongMap<>(key, value, left, inner.left),
            new LongMap<>(right.key, right.value, inner.right, right.right));
      }
      if (left != null && l > DELTA * r) {
        LongMap<V> inner = left.right;
        if (inner == null || size(inner) < RATIO * size(left.left)) {
          return new LongMap<>(
              left.key, left.value, left.left, new LongMap<>(key, value, inner, right));
        }
        return new LongMap<>(
            inner.key,
            inner.value,
            new LongMap<>(left.key, left.value, left.left, inner.left),
            new LongMap<>(key, value, inner.right, right));
      }
    }
    return new LongMap<>(key, value, left, right);
  }
}
