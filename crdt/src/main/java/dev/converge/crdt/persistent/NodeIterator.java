package dev.converge.crdt.persistent;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;

/** Depth first; remembers the nodes still to visit, at most 31 for each of eight levels. */
final class NodeIterator<K, V> implements Iterator<Map.Entry<K, V>> {
  private final ArrayDeque<Node<K, V>> waiting = new ArrayDeque<>();
  private Node<K, V> node;
  private int next;

  NodeIterator(Node<K, V> root) {
    this.node = root;
    enter(root);
  }

  private void enter(Node<K, V> entered) {
    node = entered;
    next = 0;
    for (int i = entered.children() - 1; i >= 0; i--) {
      waiting.push(entered.child(i));
    }
  }

  @Override
  public boolean hasNext() {
    while (next >= node.entries() && !waiting.isEmpty()) {
      enter(waiting.pop());
    }
    return next < node.entries();
  }

  @Override
  public Map.Entry<K, V> next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Map.Entry<K, V> entry = Map.entry(node.key(next), node.value(next));
    next++;
    return entry;
  }
}
