package dev.converge.crdt.persistent;

import org.jspecify.annotations.Nullable;

/**
 * A branching node: two bitmaps say which branches hold an entry and which a child; the slots hold
 * the entries as key, value, key, value, ... in the order of their bits, then the children in
 * reverse order of theirs.
 */
@SuppressWarnings("unchecked") // Slots below 2 * entries() are K, V in turn, the others nodes.
final class BitmapNode<K, V> extends Node<K, V> {
  private static final BitmapNode<?, ?> EMPTY = new BitmapNode<>(0, 0, new Object[0]);

  final int dataMap;
  final int nodeMap;
  private final Object[] slots;

  BitmapNode(int dataMap, int nodeMap, Object[] slots) {
    this.dataMap = dataMap;
    this.nodeMap = nodeMap;
    this.slots = slots;
  }

  static <K, V> BitmapNode<K, V> empty() {
    return (BitmapNode<K, V>) EMPTY;
  }

  static int bit(int hash, int shift) {
    return 1 << ((hash >>> shift) & 31);
  }

  /** Index among the entries of the one at {@code bit}. */
  int entryIndex(int bit) {
    return Integer.bitCount(dataMap & (bit - 1));
  }

  /** Index among the children of the one at {@code bit}. */
  int childIndex(int bit) {
    return Integer.bitCount(nodeMap & (bit - 1));
  }

  @Override
  int entries() {
    return Integer.bitCount(dataMap);
  }

  @Override
  int children() {
    return Integer.bitCount(nodeMap);
  }

  @Override
  K key(int entry) {
    return (K) slots[2 * entry];
  }

  @Override
  V value(int entry) {
    return (V) slots[2 * entry + 1];
  }

  @Override
  Node<K, V> child(int index) {
    return (Node<K, V>) slots[slots.length - 1 - index];
  }

  @Override
  @Nullable V get(K key, int hash, int shift) {
    int bit = bit(hash, shift);
    if ((dataMap & bit) != 0) {
      int i = entryIndex(bit);
      return key.equals(key(i)) ? value(i) : null;
    }
    return (nodeMap & bit) != 0 ? child(childIndex(bit)).get(key, hash, shift + BITS) : null;
  }

  @Override
  Node<K, V> put(K key, V value, int hash, int shift) {
    int bit = bit(hash, shift);
    if ((dataMap & bit) != 0) {
      int i = entryIndex(bit);
      K present = key(i);
      if (!key.equals(present)) {
        return entryToChild(
            bit, pair(present, value(i), present.hashCode(), key, value, hash, shift + BITS));
      }
      return value == value(i) ? this : withSlot(2 * i + 1, value);
    }
    if ((nodeMap & bit) != 0) {
      int i = childIndex(bit);
      Node<K, V> child = child(i);
      Node<K, V> changed = child.put(key, value, hash, shift + BITS);
      return changed == child ? this : withSlot(slots.length - 1 - i, changed);
    }
    int at = 2 * entryIndex(bit);
    Object[] copy = new Object[slots.length + 2];
    System.arraycopy(slots, 0, copy, 0, at);
    copy[at] = key;
    copy[at + 1] = value;
    System.arraycopy(slots, at, copy, at + 2, slots.length - at);
    return new BitmapNode<>(dataMap | bit, nodeMap, copy);
  }

  @Override
  Node<K, V> remove(K key, int hash, int shift) {
    int bit = bit(hash, shift);
    if ((dataMap & bit) != 0) {
      int i = entryIndex(bit);
      return key.equals(key(i)) ? withoutEntry(bit, 2 * i) : this;
    }
    if ((nodeMap & bit) == 0) {
      return this;
    }
    int i = childIndex(bit);
    Node<K, V> child = child(i);
    Node<K, V> changed = child.remove(key, hash, shift + BITS);
    if (changed == child) {
      return this;
    }
    // A child that is down to one entry moves up, else equal maps could have different shapes.
    return changed.isSingleEntry()
        ? childToEntry(bit, changed.key(0), changed.value(0))
        : withSlot(slots.length - 1 - i, changed);
  }

  private BitmapNode<K, V> withSlot(int slot, Object content) {
    Object[] copy = slots.clone();
    copy[slot] = content;
    return new BitmapNode<>(dataMap, nodeMap, copy);
  }

  private BitmapNode<K, V> withoutEntry(int bit, int at) {
    Object[] copy = new Object[slots.length - 2];
    System.arraycopy(slots, 0, copy, 0, at);
    System.arraycopy(slots, at + 2, copy, at, copy.length - at);
    return new BitmapNode<>(dataMap & ~bit, nodeMap, copy);
  }

  private BitmapNode<K, V> entryToChild(int bit, Node<K, V> child) {
    int from = 2 * entryIndex(bit);
    int to = slots.length - 2 - childIndex(bit);
    Object[] copy = new Object[slots.length - 1];
    System.arraycopy(slots, 0, copy, 0, from);
    System.arraycopy(slots, from + 2, copy, from, to - from);
    copy[to] = child;
    System.arraycopy(slots, to + 2, copy, to + 1, copy.length - to - 1);
    return new BitmapNode<>(dataMap & ~bit, nodeMap | bit, copy);
  }

  private BitmapNode<K, V> childToEntry(int bit, K key, V value) {
    int from = slots.length - 1 - childIndex(bit);
    int to = 2 * entryIndex(bit);
    Object[] copy = new Object[slots.length + 1];
    System.arraycopy(slots, 0, copy, 0, to);
    copy[to] = key;
    copy[to + 1] = value;
    System.arraycopy(slots, to, copy, to + 2, from - to);
    System.arraycopy(slots, from + 1, copy, from + 2, slots.length - from - 1);
    return new BitmapNode<>(dataMap | bit, nodeMap & ~bit, copy);
  }

  @Override
  boolean sameAs(Node<?, ?> o) {
    if (!(o instanceof BitmapNode<?, ?> other)
        || dataMap != other.dataMap
        || nodeMap != other.nodeMap) {
      return false;
    }
    int data = 2 * entries();
    for (int i = 0; i < data; i++) {
      if (slots[i] != other.slots[i] && !slots[i].equals(other.slots[i])) {
        return false;
      }
    }
    for (int i = data; i < slots.length; i++) {
      if (slots[i] != other.slots[i]
          && !((Node<K, V>) slots[i]).sameAs((Node<?, ?>) other.slots[i])) {
        return false;
      }
    }
    return true;
  }
}
