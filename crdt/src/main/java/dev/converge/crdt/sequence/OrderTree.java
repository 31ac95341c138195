package dev.converge.crdt.sequence;

import dev.converge.crdt.sequence.Node.Inner;
import dev.converge.crdt.sequence.Node.Leaf;
import org.jspecify.annotations.Nullable;

/**
 * The blocks in the order of the list: a B+ tree with counts of visible elements. From an index it
 * leads to a block, from a block to its index, both in O(log n). An editor's handle, for one
 * thread.
 *
 * <p>Nodes never leave the tree: a deleted element stays as part of a run. So the first leaf is
 * always number 0.
 */
final class OrderTree {
  /** Who wants to know that blocks have moved to another leaf. */
  interface Moves {
    void moved(Block block, int leaf);
  }

  private final Moves moves;
  private final Arena arena;
  private Object owner = new Object();
  private int root;
  private int visible;

  /** The leaf of the last look-up by index, and the index of its first element; -1 for none. */
  private int near = -1;

  private int nearStart;

  /**
   * What the ancestors of {@link #near} have not been told yet. Costs nothing where typing stays.
   */
  private int untold;

  OrderTree(Arena arena, int root, int visible, Moves moves) {
    this.arena = arena;
    this.root = root;
    this.visible = visible;
    this.moves = moves;
  }

  int visible() {
    return visible;
  }

  /** The number of the root, once everything is told. */
  int root() {
    tell();
    return root;
  }

  /** The nodes, once everything is told. */
  Arena arena() {
    tell();
    return arena;
  }

  /** Gives up all nodes: what is changed from now on is copied first. */
  void release() {
    tell();
    owner = new Object();
  }

  Leaf leaf(int number) {
    return (Leaf) arena.get(number);
  }

  Block block(Position p) {
    return leaf(p.leaf).blocks[p.at];
  }

  private Leaf ownLeaf(int number) {
    Leaf leaf = leaf(number);
    if (leaf.owner == owner) {
      return leaf;
    }
    Leaf copy = leaf.copy(owner);
    arena.set(number, copy, owner);
    return copy;
  }

  private Node own(int number) {
    Node node = arena.get(number);
    if (node.owner == owner) {
      return node;
    }
    Node copy = node.copy(owner);
    arena.set(number, copy, owner);
    return copy;
  }

  private Inner inner(int number) {
    return (Inner) arena.get(number);
  }

  // Finding.

  /** Sets {@code out} to the visible element at {@code index}, which exists. */
  void locate(int index, Position out) {
    Leaf leaf = near < 0 ? null : leaf(near);
    if (leaf == null || index < nearStart || index >= nearStart + leaf.visible) {
      tell();
      int number = root;
      int rest = index;
      Node node = arena.get(number);
      while (node instanceof Inner inner) {
        int slot = 0;
        while (rest >= inner.visible[slot]) {
          rest -= inner.visible[slot++];
        }
        number = inner.children[slot];
        node = arena.get(number);
      }
      near = number;
      nearStart = index - rest;
      leaf = (Leaf) node;
    }
    int rest = index - nearStart;
    int at = 0;
    while (rest >= leaf.blocks[at].visible()) {
      rest -= leaf.blocks[at++].visible();
    }
    out.set(near, at, rest);
  }

  /** How many visible elements are before {@code p}. */
  int indexOf(Position p) {
    Leaf leaf = leaf(p.leaf);
    int sum = 0;
    for (int i = 0; i < p.at; i++) {
      sum += leaf.blocks[i].visible();
    }
    if (p.offset > 0 && !leaf.blocks[p.at].isDeleted()) {
      sum += p.offset;
    }
    if (p.leaf == near) {
      return nearStart + sum;
    }
    tell();
    int child = p.leaf;
    for (int up = leaf.parent; up != Node.NONE; up = inner(up).parent) {
      Inner inner = inner(up);
      for (int i = 0; inner.children[i] != child; i++) {
        sum += inner.visible[i];
      }
      child = up;
    }
    return sum;
  }

  /** Moves {@code p} to the block that it points to, or to the end: false if there is no more. */
  boolean toBlock(Position p) {
    while (p.at >= leaf(p.leaf).count) {
      int next = neighbour(p.leaf, 1);
      if (next == Node.NONE) {
        return false;
      }
      p.set(next, 0, 0);
    }
    return true;
  }

  /** Moves {@code p} to the start of the block before it: false if there is none. */
  boolean toPrevious(Position p) {
    while (p.at == 0) {
      int previous = neighbour(p.leaf, -1);
      if (previous == Node.NONE) {
        return false;
      }
      p.set(previous, leaf(previous).count, 0);
    }
    p.set(p.leaf, p.at - 1, 0);
    return true;
  }

  /** The leaf after ({@code step} 1) or before (-1) leaf {@code number}. */
  private int neighbour(int number, int step) {
    int child = number;
    int up = leaf(number).parent;
    while (up != Node.NONE) {
      Inner inner = inner(up);
      int slot = inner.slotOf(child) + step;
      if (slot >= 0 && slot < inner.count) {
        int down = inner.children[slot];
        while (arena.get(down) instanceof Inner below) {
          down = below.children[step > 0 ? 0 : below.count - 1];
        }
        return down;
      }
      child = up;
      up = inner.parent;
    }
    return Node.NONE;
  }

  /** The order of two elements in the list. */
  int compare(Position a, Position b) {
    if (a.leaf == b.leaf) {
      return a.at != b.at ? Integer.compare(a.at, b.at) : Integer.compare(a.offset, b.offset);
    }
    // All leaves are equally deep: go up in step until the parent is the same.
    int x = a.leaf;
    int y = b.leaf;
    while (true) {
      int up = arena.get(x).parent;
      if (up == arena.get(y).parent) {
        Inner inner = inner(up);
        return Integer.compare(inner.slotOf(x), inner.slotOf(y));
      }
      x = up;
      y = arena.get(y).parent;
    }
  }

  // Changing.

  /**
   * Puts the blocks {@code a}, {@code b} and {@code c}, as far as there, in place of the blocks
   * {@code from} to {@code to} of a leaf; at most two more than there were.
   */
  void splice(
      int number,
      int from,
      int to,
      @Nullable Block a,
      Block b,
      @Nullable Block c,
      int visibleChange) {
    Leaf leaf = ownLeaf(number);
    int added = 1 + (a == null ? 0 : 1) + (c == null ? 0 : 1);
    Block[] blocks = leaf.blocks;
    int newCount = leaf.count - (to - from) + added;
    if (from + added != to) {
      System.arraycopy(blocks, to, blocks, from + added, leaf.count - to);
      clear(blocks, newCount, leaf.count);
    }
    int at = from;
    if (a != null) {
      blocks[at++] = a;
    }
    blocks[at++] = b;
    if (c != null) {
      blocks[at] = c;
    }
    leaf.count = newCount;
    if (visibleChange != 0) {
      leaf.visible += visibleChange;
      visible += visibleChange;
      if (number == near) {
        untold += visibleChange;
      } else {
        tell();
        near = -1;
        add(number, visibleChange);
      }
    }
    if (newCount > Node.WIDTH) {
      tell();
      near = -1;
      split(leaf, number);
    }
  }

  @SuppressWarnings("NullAway") // Beyond the count there is nothing.
  private static void clear(Block[] blocks, int from, int to) {
    for (int i = from; i < to; i++) {
      blocks[i] = null;
    }
  }

  private void tell() {
    if (untold != 0) {
      int change = untold;
      untold = 0;
      add(near, change);
    }
  }

  private void add(int number, int change) {
    int child = number;
    for (int up = leaf(number).parent; up != Node.NONE; ) {
      Inner inner = (Inner) own(up);
      inner.visible[inner.slotOf(child)] += change;
      child = up;
      up = inner.parent;
    }
  }

  private void split(Leaf leaf, int number) {
    // Who appends fills leaves; elsewhere each half gets the same room.
    int keep = leaf.count / 2;
    Leaf right = Leaf.empty(owner);
    right.count = leaf.count - keep;
    System.arraycopy(leaf.blocks, keep, right.blocks, 0, right.count);
    clear(leaf.blocks, keep, leaf.count);
    leaf.count = keep;
    for (int i = 0; i < right.count; i++) {
      right.visible += right.blocks[i].visible();
    }
    leaf.visible -= right.visible;
    int rightNumber = arena.add(right, owner);
    for (int i = 0; i < right.count; i++) {
      moves.moved(right.blocks[i], rightNumber);
    }
    hang(leaf, number, leaf.visible, right, rightNumber, right.visible);
  }

  /** Hangs {@code right}, which was split off {@code left}, beside it. */
  private void hang(
      Node left, int leftNumber, int leftVisible, Node right, int rightNumber, int rightVisible) {
    if (left.parent == Node.NONE) {
      Inner top = new Inner(owner);
      top.count = 1;
      top.children[0] = leftNumber;
      top.visible[0] = leftVisible + rightVisible;
      root = arena.add(top, owner);
      left.parent = root;
    }
    int up = left.parent;
    Inner parent = (Inner) own(up);
    int slot = parent.slotOf(leftNumber);
    int moved = parent.count - slot - 1;
    System.arraycopy(parent.children, slot + 1, parent.children, slot + 2, moved);
    System.arraycopy(parent.visible, slot + 1, parent.visible, slot + 2, moved);
    parent.visible[slot] = leftVisible;
    parent.children[slot + 1] = rightNumber;
    parent.visible[slot + 1] = rightVisible;
    parent.count++;
    right.parent = up;
    if (parent.count > Node.WIDTH) {
      splitInner(parent, up);
    }
  }

  private void splitInner(Inner node, int number) {
    int keep = node.count / 2;
    Inner right = new Inner(owner);
    right.count = node.count - keep;
    System.arraycopy(node.children, keep, right.children, 0, right.count);
    System.arraycopy(node.visible, keep, right.visible, 0, right.count);
    node.count = keep;
    int rightNumber = arena.add(right, owner);
    for (int i = 0; i < right.count; i++) {
      own(right.children[i]).parent = rightNumber;
    }
    hang(node, number, node.total(), right, rightNumber, right.total());
  }
}
