package dev.converge.crdt.persistent;

import dev.converge.crdt.persistent.PersistentMap.Previous;
import org.jspecify.annotations.Nullable;

/**
 * A branching node: two bitmaps say which ways hold an entry and which a child; the slots hold the
 * entries in the order of their bits, then the children in reverse order of theirs.
 */
final class Branch {
  final int dataMap;
  final int nodeMap;

  /** How many entries in the whole subtree: more than a bucket holds. */
  final int size;

  final Object[] slots;

  Branch(int dataMap, int nodeMap, int size, Object[] slots) {
    this.dataMap = dataMap;
    this.nodeMap = nodeMap;
    this.size = size;
    this.slots = slots;
  }

  /** The slot where the entry at {@code bit} starts, or would. */
  int entrySlot(int bit, int width) {
    return width * Integer.bitCount(dataMap & (bit - 1));
  }

  /** The slot of the child at {@code bit}, or the one that would be before it. */
  int childSlot(int bit) {
    return slots.length - 1 - Integer.bitCount(nodeMap & (bit - 1));
  }

  /** How many slots the entries take. */
  int data(int width) {
    return width * Integer.bitCount(dataMap);
  }

  Branch put(
      int width, Object key, Object value, @Nullable Previous<?> previous, int hash, int shift) {
    int bit = Trie.bit(hash, shift);
    if ((nodeMap & bit) != 0) {
      int at = childSlot(bit);
      Object child = slots[at];
      if (child instanceof Branch branch) {
        Branch changed = branch.put(width, key, value, previous, hash, shift + Trie.BITS);
        return changed == branch ? this : withSlot(at, changed, size + changed.size - branch.size);
      }
      Object[] bucket = (Object[]) child;
      Object changed = Trie.putInBucket(bucket, width, key, value, previous, shift + Trie.BITS);
      return changed == bucket
          ? this
          : withSlot(at, changed, size + Trie.size(changed, width) - bucket.length / width);
    }
    int at = entrySlot(bit, width);
    if ((dataMap & bit) == 0) {
      Object[] copy = new Object[slots.length + width];
      System.arraycopy(slots, 0, copy, 0, at);
      copy[at] = key;
      copy[at + width - 1] = value;
      System.arraycopy(slots, at, copy, at + width, slots.length - at);
      return new Branch(dataMap | bit, nodeMap, size + 1, copy);
    }
    if (Trie.same(key, slots[at])) {
      Object was = slots[at + width - 1];
      return (previous != null && previous.keeps(was)) || width == 1 || was == value
          ? this
          : withSlot(at + 1, value, size);
    }
    Object[] bucket = new Object[2 * width];
    System.arraycopy(slots, at, bucket, 0, width);
    bucket[width] = key;
    bucket[2 * width - 1] = value;
    return entryToChild(width, bit, bucket);
  }

  Object remove(int width, Object key, int hash, int shift) {
    int bit = Trie.bit(hash, shift);
    if ((dataMap & bit) != 0) {
      int at = entrySlot(bit, width);
      return Trie.same(key, slots[at]) ? small(width, withoutEntry(width, bit, at)) : this;
    }
    if ((nodeMap & bit) == 0) {
      return this;
    }
    int at = childSlot(bit);
    Object child = slots[at];
    Object changed = Trie.remove(child, width, key, hash, shift + Trie.BITS);
    if (changed == child) {
      return this;
    }
    return small(
        width,
        changed instanceof Object[] bucket && bucket.length == width
            ? childToEntry(width, bit, bucket)
            : withSlot(at, changed, size - 1));
  }

  /** A branch that has come down to what a bucket holds becomes one. */
  private static Object small(int width, Branch branch) {
    if (branch.size > Trie.BUCKET) {
      return branch;
    }
    Object[] bucket = new Object[branch.size * width];
    Trie.collect(branch, width, bucket, 0);
    return bucket;
  }

  private Branch withSlot(int slot, Object content, int newSize) {
    Object[] copy = slots.clone();
    copy[slot] = content;
    return new Branch(dataMap, nodeMap, newSize, copy);
  }

  private Branch withoutEntry(int width, int bit, int at) {
    Object[] copy = new Object[slots.length - width];
    System.arraycopy(slots, 0, copy, 0, at);
    System.arraycopy(slots, at + width, copy, at, copy.length - at);
    return new Branch(dataMap & ~bit, nodeMap, size - 1, copy);
  }

  private Branch entryToChild(int width, int bit, Object child) {
    int from = entrySlot(bit, width);
    // The new child stands behind the one at its bit's place, counted from the end.
    int to = slots.length - width - Integer.bitCount(nodeMap & (bit - 1));
    Object[] copy = new Object[slots.length - width + 1];
    System.arraycopy(slots, 0, copy, 0, from);
    System.arraycopy(slots, from + width, copy, from, to - from);
    copy[to] = child;
    System.arraycopy(slots, to + width, copy, to + 1, copy.length - to - 1);
    return new Branch(dataMap & ~bit, nodeMap | bit, size + 1, copy);
  }

  private Branch childToEntry(int width, int bit, Object[] entry) {
    int from = childSlot(bit);
    int to = entrySlot(bit, width);
    Object[] copy = new Object[slots.length + width - 1];
    System.arraycopy(slots, 0, copy, 0, to);
    System.arraycopy(entry, 0, copy, to, width);
    System.arraycopy(slots, to, copy, to + width, from - to);
    System.arraycopy(slots, from + 1, copy, from + width, slots.length - from - 1);
    return new Branch(dataMap | bit, nodeMap & ~bit, size - 1, copy);
  }
}
