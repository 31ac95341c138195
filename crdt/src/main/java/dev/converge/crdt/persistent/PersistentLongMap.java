package dev.converge.crdt.persistent;

import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map from numbers that are not negative, whose updates share structure with the
 * original: a radix tree of 32 ways.
 *
 * <p>Made for numbers that are given out one after the other, of which many, some or few are left:
 * dense runs take some 4.7 bytes an entry beside the values, numbers far apart some 40; the memory
 * is that of the entries, not of the range. Canonical: maps with equal entries have the same shape.
 * {@link #get}, {@link #put} and {@link #remove} cost O(log<sub>32</sub> range), at most O(log n)
 * where numbers are dense. Null values are refused. Thread-safe. See Okasaki, Gill, <em>Fast
 * Mergeable Integer Maps</em> (1998) for the compressed paths.
 *
 * <pre>{@code
 * PersistentLongMap<String> one = PersistentLongMap.<String>empty().put(1, "a");
 * PersistentLongMap<String> two = one.put(2, "b");
 * int size = one.size();                                  // 1: as it was
 * }</pre>
 *
 * @param <V> the values
 */
@SuppressWarnings("unchecked") // All values are V.
public final class PersistentLongMap<V> {
  private static final PersistentLongMap<?> EMPTY = new PersistentLongMap<>(null, 0);

  /** See {@link LongNode}. */
  private final @Nullable Object root;

  private final int size;

  private PersistentLongMap(@Nullable Object root, int size) {
    this.root = root;
    this.size = size;
  }

  /** What {@link #forEach} calls for each entry. */
  @FunctionalInterface
  public interface EntryConsumer<V> {
    /** Takes one entry. */
    void accept(long key, V value);
  }

  /** What {@link #forEachDifference} calls for each key that differs. */
  @FunctionalInterface
  public interface Difference<V> {
    /**
     * Takes one key.
     *
     * @param key the key
     * @param mine its value in the first map, null if it is not there
     * @param theirs its value in the second map, null if it is not there
     */
    void accept(long key, @Nullable V mine, @Nullable V theirs);
  }

  /** The map without entries. */
  public static <V> PersistentLongMap<V> empty() {
    return (PersistentLongMap<V>) EMPTY;
  }

  /**
   * The map of these entries. O(n), with no garbage but the map itself.
   *
   * @param keys ascending, none of them twice; those from {@code count} on are left out
   * @param values gives the value for the key at a place
   * @throws IllegalArgumentException if the keys do not ascend, or are negative
   */
  public static <V> PersistentLongMap<V> ofAscending(
      long[] keys, IntFunction<? extends V> values, int count) {
    return ofAscending(keys, values, 0, count);
  }

  /**
   * The map of the entries in a part of two lists. O(n), with no garbage but the map itself.
   *
   * @param keys ascending in that part, none of them twice
   * @param values for each key its value, at the same place
   * @throws IllegalArgumentException if the keys do not ascend, or are negative
   */
  public static <V> PersistentLongMap<V> ofAscending(
      long[] keys, List<? extends V> values, int from, int end) {
    return ofAscending(keys, values::get, from, end);
  }

  private static <V> PersistentLongMap<V> ofAscending(
      long[] keys, IntFunction<? extends V> values, int from, int end) {
    if (from == end) {
      return empty();
    }
    for (int i = from; i < end; i++) {
      if (keys[i] < 0 || (i > from && keys[i] <= keys[i - 1])) {
        throw new IllegalArgumentException("the keys do not ascend at " + keys[i]);
      }
    }
    return new PersistentLongMap<>(
        LongNode.build(keys, values, from, end, LongNode.NONE), end - from);
  }

  /** How many entries. O(1). */
  public int size() {
    return size;
  }

  /** Whether there are no entries. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** The greatest key, -1 if there are no entries. O(log n). */
  public long lastKey() {
    return root == null ? -1 : LongNode.lastKey(root, 0, LongNode.NONE);
  }

  /** The least key, -1 if there are no entries. O(log n). */
  public long firstKey() {
    return root == null ? -1 : LongNode.firstKey(root, 0, LongNode.NONE);
  }

  /** The value of {@code key}, null if there is none. */
  public @Nullable V get(long key) {
    return root == null ? null : (V) LongNode.get(root, key);
  }

  /**
   * The map with {@code key} at {@code value}; this map if that very value is there already.
   *
   * @throws IllegalArgumentException if {@code key} is negative
   */
  public PersistentLongMap<V> put(long key, V value) {
    Objects.requireNonNull(value, "value");
    if (key < 0) {
      throw new IllegalArgumentException("a key is not negative, not " + key);
    }
    if (root == null) {
      return new PersistentLongMap<>(new LongNode.Leaf(key, value), 1);
    }
    // One walk down, copying; the copy of a node goes into the copy of the one above.
    Object[] top = new Object[1];
    Object[] above = top;
    int at = 0;
    Object node = root;
    int shift = LongNode.NONE;
    while (true) {
      Object[] slots;
      if (node instanceof Object[] full) {
        shift -= LongNode.BITS;
        slots = full.clone();
        above[at] = slots;
        at = (int) (key >>> shift) & LongNode.WAYS - 1;
      } else if (node instanceof LongNode branch && branch.has(key)) {
        shift = branch.shift;
        slots = branch.slots.clone();
        above[at] = branch.withSlots(slots);
        at = branch.slotOf(key);
      } else {
        boolean present = node instanceof LongNode.Leaf leaf && leaf.key == key;
        above[at] = LongNode.insert(node, shift, key, value);
        return with(top[0], present, present ? ((LongNode.Leaf) node).value : null, value);
      }
      node = slots[at];
      if (shift == 0) {
        slots[at] = value;
        return with(top[0], true, node, value);
      }
      above = slots;
    }
  }

  /**
   * The map with these entries, none of which is here; neighbours are put in at once.
   *
   * @param keys ascending, none of them twice; those from {@code count} on are left out
   * @param values for each key its value
   */
  public PersistentLongMap<V> putAscending(long[] keys, Object[] values, int count) {
    PersistentLongMap<V> result = this;
    for (int from = 0; from < count; ) {
      int end = from + 1;
      while (end < count && keys[end] >>> LongNode.BITS == keys[from] >>> LongNode.BITS) {
        end++;
      }
      PersistentLongMap<V> whole =
          end - from > 1 ? result.withBlock(keys, values, from, end) : null;
      result = whole != null ? whole : result.put(keys[from], (V) values[from]);
      from = whole != null ? end : from + 1;
    }
    return result;
  }

  /** With new entries of one node at level 0; null if there is no such node, or not all are new. */
  private @Nullable PersistentLongMap<V> withBlock(
      long[] keys, Object[] values, int from, int end) {
    long key = keys[from];
    Object[] top = new Object[1];
    Object[] above = top;
    int at = 0;
    Object node = root;
    int shift = LongNode.NONE;
    while (true) {
      Object[] slots;
      if (node instanceof Object[] full && shift > LongNode.BITS) {
        shift -= LongNode.BITS;
        slots = full.clone();
        above[at] = slots;
        at = (int) (key >>> shift) & LongNode.WAYS - 1;
      } else if (node instanceof LongNode branch && branch.shift > 0 && branch.has(key)) {
        shift = branch.shift;
        slots = branch.slots.clone();
        above[at] = branch.withSlots(slots);
        at = branch.slotOf(key);
      } else {
        Object grown =
            node instanceof LongNode branch
                ? branch.withBlock(shift, keys, values, from, end)
                : null;
        if (grown == null) {
          return null;
        }
        above[at] = grown;
        return new PersistentLongMap<>(top[0], size + end - from);
      }
      node = slots[at];
      above = slots;
    }
  }

  private PersistentLongMap<V> with(
      @Nullable Object changed, boolean present, @Nullable Object was, V value) {
    return was == value ? this : new PersistentLongMap<>(changed, present ? size : size + 1);
  }

  /** The map without {@code key}; this map if it is not there. */
  public PersistentLongMap<V> remove(long key) {
    if (root == null) {
      return this;
    }
    if (root instanceof LongNode.Leaf leaf) {
      return leaf.key == key ? empty() : this;
    }
    Object[] top = new Object[1];
    Object[] above = top;
    int at = 0;
    Object node = root;
    int shift = LongNode.NONE;
    while (true) {
      int parentShift = shift;
      LongNode branch = node instanceof LongNode found ? found : null;
      if (branch != null && !branch.has(key)) {
        return this;
      }
      Object[] slots = branch != null ? branch.slots : (Object[]) node;
      shift = branch != null ? branch.shift : shift - LongNode.BITS;
      int slot = branch != null ? branch.slotOf(key) : (int) (key >>> shift) & LongNode.WAYS - 1;
      Object child = slots[slot];
      if (shift == 0 || child instanceof LongNode.Leaf) {
        if (shift > 0 && ((LongNode.Leaf) child).key != key) {
          return this;
        }
        int bitmap = branch != null ? branch.bitmap : -1;
        above[at] = LongNode.without(key, shift, bitmap, slots, slot, parentShift);
        return new PersistentLongMap<>(top[0], size - 1);
      }
      Object[] copy = slots.clone();
      above[at] = branch != null ? branch.withSlots(copy) : copy;
      above = copy;
      at = slot;
      node = child;
    }
  }

  /**
   * The map without these keys; this map if none is here. One walk copies a path once for many.
   *
   * @param keys ascending
   */
  public PersistentLongMap<V> removeAscending(long... keys) {
    if (root == null || keys.length == 0) {
      return this;
    }
    LongRemoval removal = new LongRemoval(keys);
    Object left = removal.without(root, 0, LongNode.NONE, 0, keys.length);
    return left == root
        ? this
        : left == null ? empty() : new PersistentLongMap<>(left, size - removal.removed);
  }

  /** Calls {@code action} for each entry, by ascending key. */
  public void forEach(EntryConsumer<? super V> action) {
    if (root != null) {
      LongNode.forEach(root, 0, LongNode.NONE, (EntryConsumer<Object>) action);
    }
  }

  /**
   * Calls {@code action} for each key that only one of the maps has, and for each key whose values
   * are not the same object (they may be equal), by ascending key. Parts that both maps share are
   * skipped.
   */
  public void forEachDifference(PersistentLongMap<V> other, Difference<V> action) {
    if (root != other.root) {
      LongDifferences.between(root, other.root, (Difference<Object>) action);
    }
  }

  /** Same entries. O(n), less what both share. */
  @Override
  public boolean equals(@Nullable Object o) {
    if (!(o instanceof PersistentLongMap<?> other) || size != other.size) {
      return false;
    }
    return root == other.root
        || (root != null && other.root != null && LongNode.equal(root, other.root, LongNode.NONE));
  }

  /** As {@link java.util.Map#hashCode}. O(n). */
  @Override
  public int hashCode() {
    int[] hash = {0};
    forEach((key, value) -> hash[0] += Long.hashCode(key) ^ value.hashCode());
    return hash[0];
  }

  /** {@code {7=value, ...}}, ascending. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    forEach((k, v) -> text.append(text.length() > 1 ? ", " : "").append(k).append('=').append(v));
    return text.append('}').toString();
  }
}
