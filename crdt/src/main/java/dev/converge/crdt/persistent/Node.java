package dev.converge.crdt.persistent;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A node of the tree. At level {@code shift / 5}, five bits of the hash choose the branch; below
 * the last bits, keys of equal hash share a {@link CollisionNode}.
 *
 * <p>Invariant (canonical form): no node but the root is empty, and none but the root has one entry
 * and no child.
 */
abstract sealed class Node<K, V> permits BitmapNode, CollisionNode {
  static final int BITS = 5;

  /** From this shift on, the hash has no bits left. */
  static final int END = 35;

  abstract @Nullable V get(K key, int hash, int shift);

  /** This node itself if the very value is there already. */
  abstract Node<K, V> put(K key, V value, int hash, int shift);

  /** This node itself if the key is not there. */
  abstract Node<K, V> remove(K key, int hash, int shift);

  /** How many entries stand in this node itself. */
  abstract int entries();

  /** How many child nodes. */
  abstract int children();

  abstract K key(int entry);

  abstract V value(int entry);

  abstract Node<K, V> child(int index);

  /** Whether {@code other}, a node at the same place, has equal entries. */
  abstract boolean sameAs(Node<?, ?> other);

  final boolean isSingleEntry() {
    return entries() == 1 && children() == 0;
  }

  final void forEach(BiConsumer<? super K, ? super V> action) {
    for (int i = 0; i < entries(); i++) {
      action.accept(key(i), value(i));
    }
    for (int i = 0; i < children(); i++) {
      child(i).forEach(action);
    }
  }

  /** The node that holds two entries with different keys. */
  static <K, V> Node<K, V> pair(K k1, V v1, int hash1, K k2, V v2, int hash2, int shift) {
    if (shift >= END) {
      return new CollisionNode<>(new Object[] {k1, v1, k2, v2});
    }
    int bit1 = BitmapNode.bit(hash1, shift);
    int bit2 = BitmapNode.bit(hash2, shift);
    if (bit1 == bit2) {
      Node<K, V> child = pair(k1, v1, hash1, k2, v2, hash2, shift + BITS);
      return new BitmapNode<>(0, bit1, new Object[] {child});
    }
    Object[] slots =
        Integer.compareUnsigned(bit1, bit2) < 0
            ? new Object[] {k1, v1, k2, v2}
            : new Object[] {k2, v2, k1, v1};
    return new BitmapNode<>(bit1 | bit2, 0, slots);
  }
}
