package dev.converge.crdt.sequence;

/**
 * A place in an {@link OrderTree}: before the element at {@code offset} of block {@code at} of leaf
 * {@code leaf}; {@code at} may be the number of blocks, which is the place after the last of them.
 * Mutable, valid until the tree changes.
 */
final class Position {
  int leaf;
  int at;
  int offset;

  void set(int newLeaf, int newAt, int newOffset) {
    leaf = newLeaf;
    at = newAt;
    offset = newOffset;
  }

  void set(Position other) {
    set(other.leaf, other.at, other.offset);
  }
}
