package dev.converge.crdt.sequence;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A node of the order tree. Nodes know each other by number (see {@link Arena}), so a version can
 * change a node without touching those that point to it. A node may be changed in place only by the
 * editor whose token it carries.
 */
abstract sealed class Node {
  /** The most blocks of a leaf, and the most children of an inner node. */
  static final int WIDTH = 32;

  /** The number of no node. */
  static final int NONE = -1;

  final @Nullable Object owner;
  int parent = NONE;
  int count;

  Node(@Nullable Object owner) {
    this.owner = owner;
  }

  abstract Node copy(Object newOwner);

  /** Blocks, in the order of the list. */
  static final class Leaf extends Node {
    /** Room for two more than {@link #WIDTH}: a block that is split in three. */
    final Block[] blocks;

    int visible;

    Leaf(@Nullable Object owner, Block[] blocks) {
      super(owner);
      this.blocks = blocks;
    }

    static Leaf empty(@Nullable Object owner) {
      return new Leaf(owner, new Block[WIDTH + 2]);
    }

    @Override
    Leaf copy(Object newOwner) {
      Leaf copy = new Leaf(newOwner, Arrays.copyOf(blocks, WIDTH + 2));
      copy.parent = parent;
      copy.count = count;
      copy.visible = visible;
      return copy;
    }
  }

  /** Children, in the order of the list, with how many visible elements each has. */
  static final class Inner extends Node {
    final int[] children;
    final int[] visible;

    Inner(@Nullable Object owner) {
      this(owner, new int[WIDTH + 1], new int[WIDTH + 1]);
    }

    private Inner(@Nullable Object owner, int[] children, int[] visible) {
      super(owner);
      this.children = children;
      this.visible = visible;
    }

    @Override
    Inner copy(Object newOwner) {
      Inner copy = new Inner(newOwner, children.clone(), visible.clone());
      copy.parent = parent;
      copy.count = count;
      return copy;
    }

    int slotOf(int child) {
      int slot = 0;
      while (children[slot] != child) {
        slot++;
      }
      return slot;
    }

    int total() {
      int sum = 0;
      for (int i = 0; i < count; i++) {
        sum += visible[i];
      }
      return sum;
    }
  }
}
