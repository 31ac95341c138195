package dev.converge.crdt.persistent;

import org.jspecify.annotations.Nullable;

/** Takes many keys out of a radix tree in one walk, which copies each node once. */
final class LongRemoval {
  /** Ascending. */
  private final long[] keys;

  /** How many of the keys were there. */
  int removed;

  LongRemoval(long[] keys) {
    this.keys = keys;
  }

  /**
   * The node without the keys from {@code from} to {@code end}; null if nothing is left.
   *
   * @param prefix the bits above the node, and the level of its parent, which an array does not
   *     know
   */
  @Nullable Object without(Object node, long prefix, int parentShift, int from, int end) {
    if (node instanceof LongNode.Leaf leaf) {
      for (int i = from; i < end; i++) {
        if (keys[i] == leaf.key) {
          removed++;
          return null;
        }
      }
      return leaf;
    }
    LongNode view = LongNode.view(node, prefix, parentShift);
    if (view == null) {
      throw new IllegalStateException("neither a leaf nor a node: " + node);
    }
    return view.shift == 0
        ? ofValues(node, view, parentShift, from, end)
        : ofChildren(node, view, parentShift, from, end);
  }

  private @Nullable Object ofValues(
      Object node, LongNode view, int parentShift, int from, int end) {
    int left = view.bitmap;
    for (int i = from; i < end; i++) {
      left &= view.leadsTo(keys[i]) ? ~LongNode.bit(keys[i], 0) : -1;
    }
    if (left == view.bitmap) {
      return node;
    }
    int count = Integer.bitCount(left);
    removed += view.slots.length - count;
    Object[] slots = new Object[count];
    int at = 0;
    for (int rest = left; rest != 0; rest &= rest - 1) {
      slots[at++] = view.slots[view.slot(Integer.lowestOneBit(rest))];
    }
    if (count <= 1) {
      return count == 0 ? null : new LongNode.Leaf(view.under(left), slots[0]);
    }
    return LongNode.make(view.prefix, 0, left, slots, parentShift);
  }

  private @Nullable Object ofChildren(
      Object node, LongNode view, int parentShift, int from, int end) {
    Object[] copy = null;
    int left = view.bitmap;
    for (int start = from; start < end; ) {
      int next = start + 1;
      while (next < end && keys[next] >>> view.shift == keys[start] >>> view.shift) {
        next++;
      }
      if (view.has(keys[start])) {
        int bit = LongNode.bit(keys[start], view.shift);
        int slot = view.slot(bit);
        Object child = view.slots[slot];
        Object changed = without(child, view.under(bit), view.shift, start, next);
        if (changed != child) {
          copy = copy == null ? view.slots.clone() : copy;
          copy[slot] = changed;
          left = changed == null ? left & ~bit : left;
        }
      }
      start = next;
    }
    return copy == null ? node : of(view, left, copy, parentShift);
  }

  /** A node of the children that are left in {@code copy}. */
  private static @Nullable Object of(LongNode view, int left, Object[] copy, int parentShift) {
    int count = Integer.bitCount(left);
    Object[] slots = copy;
    if (count < copy.length) {
      slots = new Object[count];
      int at = 0;
      for (Object child : copy) {
        if (child != null) {
          slots[at++] = child;
        }
      }
    }
    if (count <= 1) {
      return count == 0
          ? null
          : LongNode.moved(slots[0], view.under(left), view.shift, parentShift);
    }
    return LongNode.make(view.prefix, view.shift, left, slots, parentShift);
  }
}
