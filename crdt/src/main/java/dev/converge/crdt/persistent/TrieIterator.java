package dev.converge.crdt.persistent;

import java.util.Iterator;
import java.util.NoSuchElementException;

/** Depth first; remembers the branches on the way down, at most seven. */
abstract class TrieIterator<T> implements Iterator<T> {
  private final int width;

  /** None if the root is a bucket, as that of every small map is. */
  private final Branch[] path;

  /** For each branch of the path, the slot of the child that was entered last. */
  private final int[] entered;

  private int depth;

  private Object[] slots;
  private int next;
  private int end;

  TrieIterator(Object root, int width) {
    this.width = width;
    this.slots = Trie.EMPTY;
    int levels = root instanceof Branch ? Trie.END / Trie.BITS : 0;
    this.path = new Branch[levels];
    this.entered = new int[levels];
    enter(root);
  }

  /** What is handed out for an entry. */
  abstract T item(Object key, Object value);

  private void enter(Object node) {
    next = 0;
    if (node instanceof Branch branch) {
      entered[depth] = branch.slots.length;
      path[depth++] = branch;
      slots = branch.slots;
      end = branch.data(width);
    } else {
      slots = (Object[]) node;
      end = slots.length;
    }
  }

  @Override
  public final boolean hasNext() {
    while (next >= end && depth > 0) {
      Branch branch = path[depth - 1];
      int child = --entered[depth - 1];
      if (child < branch.data(width)) {
        depth--;
      } else {
        enter(branch.slots[child]);
      }
    }
    return next < end;
  }

  @Override
  public final T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    T item = item(slots[next], slots[next + width - 1]);
    next += width;
    return item;
  }
}
