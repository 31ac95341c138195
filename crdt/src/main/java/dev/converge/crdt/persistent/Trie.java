package dev.converge.crdt.persistent;

import dev.converge.crdt.persistent.PersistentMap.Previous;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The tree under {@link PersistentMap} and {@link PersistentSet}.
 *
 * <p>A node is a {@link Branch}, or a <em>bucket</em>: a plain array of entries, without any object
 * around it. An entry is {@code width} slots wide: 2 for a map (key, value); 1 for a set, whose
 * value is the key itself. Five bits of the mixed hash choose the way at each level.
 *
 * <p>Invariant (canonical form): a subtree of at most {@link #BUCKET} entries is a bucket (inside a
 * branch, a single entry stands in the branch itself), a larger one a branch; where the hash has no
 * bits left, a bucket has any number. So equal contents have equal shapes; only the order within a
 * bucket depends on history.
 */
final class Trie {
  static final int BITS = 5;

  /** From this shift on, the hash has no bits left. */
  static final int END = 35;

  /** The most entries that are searched one by one. */
  static final int BUCKET = 8;

  static final Object[] EMPTY = new Object[0];

  private Trie() {}

  /**
   * All 32 bits of the hash, spread over the lower ones, which choose first. Reversible, so no two
   * hashes become one. (The hashes of like strings differ in few of their low bits.)
   */
  static int hash(Object key) {
    int mixed = key.hashCode() * 0x9E3779B9;
    return mixed ^ mixed >>> 16;
  }

  static int bit(int hash, int shift) {
    return 1 << (hash >>> shift);
  }

  static boolean same(Object a, Object b) {
    return a == b || a.equals(b);
  }

  static int size(Object node, int width) {
    return node instanceof Branch branch ? branch.size : ((Object[]) node).length / width;
  }

  /** The slot of {@code key} in a bucket, below 0 if it is not there. */
  static int find(Object[] bucket, int width, Object key) {
    for (int i = 0; i < bucket.length; i += width) {
      if (same(key, bucket[i])) {
        return i;
      }
    }
    return -1;
  }

  static @Nullable Object get(Object root, int width, Object key) {
    // A bucket at the root needs no hash.
    return root instanceof Branch
        ? get(root, width, key, hash(key), 0)
        : inBucket(root, width, key);
  }

  static @Nullable Object get(Object from, int width, Object key, int hash, int fromShift) {
    Object node = from;
    int shift = fromShift;
    while (node instanceof Branch branch) {
      int bit = bit(hash, shift);
      if ((branch.dataMap & bit) != 0) {
        int i = branch.entrySlot(bit, width);
        return same(key, branch.slots[i]) ? branch.slots[i + width - 1] : null;
      }
      if ((branch.nodeMap & bit) == 0) {
        return null;
      }
      node = branch.slots[branch.childSlot(bit)];
      shift += BITS;
    }
    return inBucket(node, width, key);
  }

  private static @Nullable Object inBucket(Object node, int width, Object key) {
    Object[] bucket = (Object[]) node;
    int i = find(bucket, width, key);
    return i < 0 ? null : bucket[i + width - 1];
  }

  static @Nullable Object presentKey(Object root, int width, Object key) {
    Object node = root;
    int hash = hash(key);
    for (int shift = 0; node instanceof Branch branch; shift += BITS) {
      int bit = bit(hash, shift);
      if ((branch.dataMap & bit) != 0) {
        Object present = branch.slots[branch.entrySlot(bit, width)];
        return same(key, present) ? present : null;
      }
      if ((branch.nodeMap & bit) == 0) {
        return null;
      }
      node = branch.slots[branch.childSlot(bit)];
    }
    Object[] bucket = (Object[]) node;
    int i = find(bucket, width, key);
    return i < 0 ? null : bucket[i];
  }

  /** The very node if the very value is there; in a set, if an equal key is there. */
  static Object put(Object root, int width, Object key, Object value) {
    return put(root, width, key, value, null);
  }

  /** The very node also if there is another value and {@code previous} keeps it. */
  static Object put(
      Object root, int width, Object key, Object value, @Nullable Previous<?> previous) {
    return root instanceof Branch branch
        ? branch.put(width, key, value, previous, hash(key), 0)
        : putInBucket((Object[]) root, width, key, value, previous, 0);
  }

  static Object put(Object node, int width, Object key, Object value, int hash, int shift) {
    return node instanceof Branch branch
        ? branch.put(width, key, value, null, hash, shift)
        : putInBucket((Object[]) node, width, key, value, null, shift);
  }

  static Object putInBucket(
      Object[] bucket,
      int width,
      Object key,
      Object value,
      @Nullable Previous<?> previous,
      int shift) {
    int at = find(bucket, width, key);
    if (at >= 0) {
      Object was = bucket[at + width - 1];
      if ((previous != null && previous.keeps(was)) || width == 1 || was == value) {
        return bucket;
      }
      Object[] copy = bucket.clone();
      copy[at + 1] = value;
      return copy;
    }
    // Not Arrays.copyOf, which has to find out the class of the array.
    Object[] copy = new Object[bucket.length + width];
    System.arraycopy(bucket, 0, copy, 0, bucket.length);
    copy[bucket.length] = key;
    copy[copy.length - 1] = value;
    return copy.length <= BUCKET * width || shift >= END
        ? copy
        : new BulkBuild(width, new EntryList(width, copy)).build(shift);
  }

  /** The very node if the key is not there. */
  static Object remove(Object node, int width, Object key, int hash, int shift) {
    if (node instanceof Branch branch) {
      return branch.remove(width, key, hash, shift);
    }
    Object[] bucket = (Object[]) node;
    int at = find(bucket, width, key);
    if (at < 0) {
      return bucket;
    }
    if (bucket.length == width) {
      return EMPTY;
    }
    Object[] copy = new Object[bucket.length - width];
    System.arraycopy(bucket, 0, copy, 0, at);
    System.arraycopy(bucket, at + width, copy, at, copy.length - at);
    return copy;
  }

  static void forEach(Object node, int width, BiConsumer<Object, Object> action) {
    if (node instanceof Branch branch) {
      int data = branch.data(width);
      forEach(branch.slots, data, width, action);
      for (int i = branch.slots.length - 1; i >= data; i--) {
        forEach(branch.slots[i], width, action);
      }
    } else {
      Object[] bucket = (Object[]) node;
      forEach(bucket, bucket.length, width, action);
    }
  }

  private static void forEach(
      Object[] slots, int end, int width, BiConsumer<Object, Object> action) {
    for (int i = 0; i < end; i += width) {
      action.accept(slots[i], slots[i + width - 1]);
    }
  }

  static @Nullable Object findKey(Object node, int width, BiPredicate<Object, Object> condition) {
    if (node instanceof Branch branch) {
      int data = branch.data(width);
      Object found = findKey(branch.slots, data, width, condition);
      for (int i = branch.slots.length - 1; found == null && i >= data; i--) {
        found = findKey(branch.slots[i], width, condition);
      }
      return found;
    }
    Object[] bucket = (Object[]) node;
    return findKey(bucket, bucket.length, width, condition);
  }

  private static @Nullable Object findKey(
      Object[] slots, int end, int width, BiPredicate<Object, Object> condition) {
    for (int i = 0; i < end; i += width) {
      if (condition.test(slots[i], slots[i + width - 1])) {
        return slots[i];
      }
    }
    return null;
  }

  /** Writes all entries of {@code node} into {@code to}; returns the next free slot. */
  static int collect(Object node, int width, Object[] to, int at) {
    if (!(node instanceof Branch branch)) {
      Object[] bucket = (Object[]) node;
      System.arraycopy(bucket, 0, to, at, bucket.length);
      return at + bucket.length;
    }
    int data = branch.data(width);
    System.arraycopy(branch.slots, 0, to, at, data);
    int next = at + data;
    for (int i = branch.slots.length - 1; i >= data; i--) {
      next = collect(branch.slots[i], width, to, next);
    }
    return next;
  }

  /** Whether both, at the same place of two trees, have equal entries. */
  static boolean equal(Object a, Object b, int width) {
    if (a == b) {
      return true;
    }
    if (a instanceof Branch mine) {
      return b instanceof Branch theirs && equal(mine, theirs, width);
    }
    return !(b instanceof Branch) && equal((Object[]) a, (Object[]) b, width);
  }

  private static boolean equal(Branch a, Branch b, int width) {
    if (a.size != b.size || a.dataMap != b.dataMap || a.nodeMap != b.nodeMap) {
      return false;
    }
    int data = a.data(width);
    for (int i = 0; i < data; i++) {
      if (!same(a.slots[i], b.slots[i])) {
        return false;
      }
    }
    for (int i = data; i < a.slots.length; i++) {
      if (!equal(a.slots[i], b.slots[i], width)) {
        return false;
      }
    }
    return true;
  }

  private static boolean equal(Object[] a, Object[] b, int width) {
    if (a.length != b.length) {
      return false;
    }
    for (int i = 0; i < a.length; i += width) {
      // Where both came to be alike, the order is the same too.
      int at = same(a[i], b[i]) ? i : find(b, width, a[i]);
      if (at < 0 || (width > 1 && !same(a[i + 1], b[at + 1]))) {
        return false;
      }
    }
    return true;
  }
}
