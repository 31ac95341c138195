package dev.converge.crdt.persistent;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Two or more entries whose keys have one and the same hash: key, value, key, value, ... */
@SuppressWarnings("unchecked") // The slots are K, V in turn.
final class CollisionNode<K, V> extends Node<K, V> {
  private final Object[] slots;

  CollisionNode(Object[] slots) {
    this.slots = slots;
  }

  /** The slot of {@code key}, -1 if it is not here. */
  private int find(Object key) {
    for (int i = 0; i < slots.length; i += 2) {
      if (key.equals(slots[i])) {
        return i;
      }
    }
    return -1;
  }

  @Override
  @Nullable V get(K key, int hash, int shift) {
    int at = find(key);
    return at < 0 ? null : (V) slots[at + 1];
  }

  @Override
  Node<K, V> put(K key, V value, int hash, int shift) {
    int at = find(key);
    if (at >= 0 && slots[at + 1] == value) {
      return this;
    }
    Object[] copy = Arrays.copyOf(slots, at < 0 ? slots.length + 2 : slots.length);
    if (at < 0) {
      copy[slots.length] = key;
    }
    copy[(at < 0 ? slots.length : at) + 1] = value;
    return new CollisionNode<>(copy);
  }

  @Override
  Node<K, V> remove(K key, int hash, int shift) {
    int at = find(key);
    if (at < 0) {
      return this;
    }
    Object[] copy = new Object[slots.length - 2];
    System.arraycopy(slots, 0, copy, 0, at);
    System.arraycopy(slots, at + 2, copy, at, copy.length - at);
    return new CollisionNode<>(copy);
  }

  @Override
  int entries() {
    return slots.length / 2;
  }

  @Override
  int children() {
    return 0;
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
    throw new IndexOutOfBoundsException(index);
  }

  /** The order of the entries depends on history, so it does not count. */
  @Override
  boolean sameAs(Node<?, ?> o) {
    if (!(o instanceof CollisionNode<?, ?> other) || slots.length != other.slots.length) {
      return false;
    }
    for (int i = 0; i < slots.length; i += 2) {
      int at = other.find(slots[i]);
      if (at < 0 || !slots[i + 1].equals(other.slots[at + 1])) {
        return false;
      }
    }
    return true;
  }
}
