package dev.converge.crdt.persistent;

import dev.converge.crdt.persistent.PersistentMap.Difference;
import org.jspecify.annotations.Nullable;

/** Walks two trees side by side and skips what they share. */
final class Differences {
  private Differences() {}

  static <K, V> void between(Node<K, V> a, Node<K, V> b, int shift, Difference<K, V> action) {
    if (a instanceof BitmapNode<K, V> mine && b instanceof BitmapNode<K, V> theirs) {
      int branches = mine.dataMap | mine.nodeMap | theirs.dataMap | theirs.nodeMap;
      for (int rest = branches; rest != 0; rest &= rest - 1) {
        branch(mine, theirs, Integer.lowestOneBit(rest), shift, action);
      }
    } else {
      // Only at the bottom, where both are collision nodes.
      lookedUp(a, b, shift, action);
    }
  }

  private static <K, V> void branch(
      BitmapNode<K, V> a, BitmapNode<K, V> b, int bit, int shift, Difference<K, V> action) {
    @Nullable Node<K, V> childA = (a.nodeMap & bit) != 0 ? a.child(a.childIndex(bit)) : null;
    @Nullable Node<K, V> childB = (b.nodeMap & bit) != 0 ? b.child(b.childIndex(bit)) : null;
    boolean entryA = (a.dataMap & bit) != 0;
    boolean entryB = (b.dataMap & bit) != 0;
    int below = shift + Node.BITS;
    if (childA != null && childB != null) {
      if (childA != childB) {
        between(childA, childB, below, action);
      }
    } else if (childA != null) {
      if (entryB) {
        int i = b.entryIndex(bit);
        nodeAndEntry(childA, b.key(i), b.value(i), below, action, false);
      } else {
        childA.forEach((k, v) -> action.accept(k, v, null));
      }
    } else if (childB != null) {
      if (entryA) {
        int i = a.entryIndex(bit);
        nodeAndEntry(childB, a.key(i), a.value(i), below, action, true);
      } else {
        childB.forEach((k, v) -> action.accept(k, null, v));
      }
    } else if (entryA && entryB) {
      entries(a, a.entryIndex(bit), b, b.entryIndex(bit), action);
    } else if (entryA) {
      int i = a.entryIndex(bit);
      action.accept(a.key(i), a.value(i), null);
    } else {
      int i = b.entryIndex(bit);
      action.accept(b.key(i), null, b.value(i));
    }
  }

  private static <K, V> void entries(
      BitmapNode<K, V> a, int i, BitmapNode<K, V> b, int j, Difference<K, V> action) {
    K keyA = a.key(i);
    K keyB = b.key(j);
    if (keyA == keyB || keyA.equals(keyB)) {
      if (a.value(i) != b.value(j)) {
        action.accept(keyA, a.value(i), b.value(j));
      }
    } else {
      action.accept(keyA, a.value(i), null);
      action.accept(keyB, null, b.value(j));
    }
  }

  /**
   * A whole subtree on one side, one entry on the other; {@code mine}: the entry is the first's.
   */
  private static <K, V> void nodeAndEntry(
      Node<K, V> node, K key, V value, int shift, Difference<K, V> action, boolean mine) {
    @Nullable V found = node.get(key, key.hashCode(), shift);
    node.forEach(
        (k, v) -> {
          if (found == null || !k.equals(key)) {
            action.accept(k, mine ? null : v, mine ? v : null);
          }
        });
    if (found != value) {
      action.accept(key, mine ? value : found, mine ? found : value);
    }
  }

  private static <K, V> void lookedUp(
      Node<K, V> a, Node<K, V> b, int shift, Difference<K, V> action) {
    a.forEach(
        (k, v) -> {
          @Nullable V theirs = b.get(k, k.hashCode(), shift);
          if (theirs != v) {
            action.accept(k, v, theirs);
          }
        });
    b.forEach(
        (k, v) -> {
          if (a.get(k, k.hashCode(), shift) == null) {
            action.accept(k, null, v);
          }
        });
  }
}
