package dev.converge.crdt.persistent;

import java.util.Arrays;
import java.util.function.BinaryOperator;

/**
 * Both trees in one, node by node: what both share is not looked at, and a node to which nothing is
 * added stays the very node, of the first tree if that can be, else of the second.
 */
final class Union {
  private final int width;

  /** Makes one value of the first tree's and the second's. */
  private final BinaryOperator<Object> combine;

  Union(int width, BinaryOperator<Object> combine) {
    this.width = width;
    this.combine = combine;
  }

  private Object combined(Object mine, Object theirs) {
    if (mine == theirs || width == 1) {
      return mine;
    }
    Object value = combine.apply(mine, theirs);
    return value.equals(mine) ? mine : value.equals(theirs) ? theirs : value;
  }

  Object of(Object a, Object b, int shift) {
    if (a == b) {
      return a;
    }
    if (a instanceof Branch mine) {
      return b instanceof Branch theirs
          ? ofBranches(mine, theirs, shift)
          : withBucket(a, (Object[]) b, shift, false);
    }
    return b instanceof Branch
        ? withBucket(b, (Object[]) a, shift, true)
        : ofBuckets((Object[]) a, (Object[]) b, shift);
  }

  /** {@code entriesAreMine}: the entry is of the first tree, the node of the second. */
  private Object with(Object node, Object key, Object value, int shift, boolean entryIsMine) {
    int hash = Trie.hash(key);
    Object present = Trie.get(node, width, key, hash, shift);
    if (present == null) {
      return Trie.put(node, width, key, value, hash, shift);
    }
    Object both = entryIsMine ? combined(value, present) : combined(present, value);
    return both == present ? node : Trie.put(node, width, key, both, hash, shift);
  }

  private Object withBucket(Object node, Object[] bucket, int shift, boolean bucketIsMine) {
    Object result = node;
    for (int i = 0; i < bucket.length; i += width) {
      result = with(result, bucket[i], bucket[i + width - 1], shift, bucketIsMine);
    }
    return result;
  }

  private Object ofBuckets(Object[] a, Object[] b, int shift) {
    Object[] result = a;
    int length = a.length;
    int shared = 0;
    for (int i = 0; i < b.length; i += width) {
      // Where both came to be alike, the order is the same too.
      int at = i < a.length && Trie.same(b[i], a[i]) ? i : Trie.find(a, width, b[i]);
      if (at < 0) {
        if (result.length < length + width) {
          result = Arrays.copyOf(result, a.length + b.length - shared * width);
        }
        System.arraycopy(b, i, result, length, width);
        length += width;
      } else {
        shared++;
        if (width > 1) {
          Object both = combined(a[at + 1], b[i + 1]);
          if (both != a[at + 1]) {
            if (result == a) {
              result = a.clone();
            }
            result[at + 1] = both;
          }
        }
      }
    }
    if (result.length > length) {
      result = Arrays.copyOf(result, length);
    }
    return length <= Trie.BUCKET * width || shift >= Trie.END
        ? sharing(a, b, result)
        : new BulkBuild(width, new EntryList(width, result)).build(shift);
  }

  private static Object[] sharing(Object[] a, Object[] b, Object[] result) {
    return result != a && Arrays.equals(result, b) && areSame(result, b) ? b : result;
  }

  private static boolean areSame(Object[] a, Object[] b) {
    for (int i = 0; i < a.length; i++) {
      if (a[i] != b[i]) {
        return false;
      }
    }
    return true;
  }

  private Object ofBranches(Branch a, Branch b, int shift) {
    int ways = a.dataMap | a.nodeMap | b.dataMap | b.nodeMap;
    BulkBuild.Parts parts = new BulkBuild.Parts(width, Integer.bitCount(ways));
    int grown = 0;
    for (int rest = ways; rest != 0; rest &= rest - 1) {
      grown += way(a, b, Integer.lowestOneBit(rest), shift + Trie.BITS, parts);
    }
    int size = a.size + grown;
    if (parts.isSameAs(a, size)) {
      return a;
    }
    return parts.isSameAs(b, size) ? b : parts.branch(size);
  }

  /** Adds what both have at {@code bit}; returns how many entries more than the first has. */
  private int way(Branch a, Branch b, int bit, int below, BulkBuild.Parts parts) {
    boolean entryA = (a.dataMap & bit) != 0;
    boolean entryB = (b.dataMap & bit) != 0;
    int i = entryA ? a.entrySlot(bit, width) : -1;
    int j = entryB ? b.entrySlot(bit, width) : -1;
    if ((a.nodeMap & bit) != 0) {
      Object mine = a.slots[a.childSlot(bit)];
      Object both = mine;
      if ((b.nodeMap & bit) != 0) {
        both = of(mine, b.slots[b.childSlot(bit)], below);
      } else if (entryB) {
        both = with(mine, b.slots[j], b.slots[j + width - 1], below, false);
      }
      parts.addChild(bit, both);
      // What stays is not even touched: most of a large tree is not in the cache.
      return both == mine ? 0 : Trie.size(both, width) - Trie.size(mine, width);
    }
    if ((b.nodeMap & bit) != 0) {
      Object theirs = b.slots[b.childSlot(bit)];
      Object both = theirs;
      if (entryA) {
        both = with(theirs, a.slots[i], a.slots[i + width - 1], below, true);
      }
      parts.addChild(bit, both);
      return Trie.size(both, width) - (entryA ? 1 : 0);
    }
    if (!entryB) {
      parts.addEntry(bit, a.slots[i], a.slots[i + width - 1]);
      return 0;
    }
    if (!entryA) {
      parts.addEntry(bit, b.slots[j], b.slots[j + width - 1]);
      return 1;
    }
    if (Trie.same(a.slots[i], b.slots[j])) {
      Object both = combined(a.slots[i + width - 1], b.slots[j + width - 1]);
      parts.addEntry(bit, a.slots[i], both);
      return 0;
    }
    Object[] bucket = new Object[2 * width];
    System.arraycopy(a.slots, i, bucket, 0, width);
    System.arraycopy(b.slots, j, bucket, width, width);
    parts.addChild(bit, bucket);
    return 1;
  }
}
