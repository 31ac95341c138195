package dev.converge.crdt.persistent;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** Depth first; remembers the branches on the way down, at most seven. */
abstract class TrieIterator<T> implements Iterator<T> {
  private final int width;
  private final List<Branch> path = new ArrayList<>(4);

  /** For each branch of the path, the slot of the child that was entered last. */
  private final int[] entered = new int[Trie.END / Trie.BITS];

  private Object[] slots;
  private int next;
  private int end;

  TrieIterator(Object root, int width) {
    this.width = width;
    this.slots = Trie.EMPTY;
    enter(root);
  }

  /** What is handed out for an entry. */
  abstract T item(Object key, Object value);

  private void enter(Object node) {
    next = 0;
    if (node instanceof Branch branch) {
      entered[path.size()] = branch.slots.length;
      path.add(branch);
      slots = branch.slots;
      end = branch.data(width);
    } else {
      slots = (Object[]) node;
      end = slots.length;
    }
  }

  @Override
  public final boolean hasNext() {
    while (next >= end && !path.isEmpty()) {
      int top = path.size() - 1;
      Branch branch = path.get(top);
      int child = --entered[top];
      if (child < branch.data(width)) {
        path.remove(top);
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
