package dev.converge.crdt.sequence;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of an order tree by number: a persistent vector, a trie of 32 branches. A persistent
 * tree of plain references cannot have parent pointers; one of numbers can, and so an element found
 * by its id leads up to its position.
 *
 * <p>This is the editor's handle, which changes in place what carries its token and copies the
 * rest; a version keeps {@link #root}, {@link #shift} and {@link #size}.
 */
final class Arena {
  private static final int BITS = 5;
  private static final int BRANCHES = 1 << BITS;
  private static final int MASK = BRANCHES - 1;

  /** Each array has one more slot than branches, for its owner. */
  @Nullable Object[] root;

  int shift;
  int size;

  Arena(@Nullable Object[] root, int shift, int size) {
    this.root = root;
    this.shift = shift;
    this.size = size;
  }

  static @Nullable Object[] rootOf(Node only) {
    @Nullable Object[] root = new @Nullable Object[BRANCHES + 1];
    root[0] = only;
    return root;
  }

  Node get(int number) {
    @Nullable Object[] at = root;
    for (int s = shift; s > 0; s -= BITS) {
      at = child(at, number >>> s & MASK);
    }
    return node(at, number & MASK);
  }

  @SuppressWarnings("NullAway") // Numbers are below size, so there is an array.
  private static @Nullable Object[] child(@Nullable Object[] at, int slot) {
    return (@Nullable Object[]) at[slot];
  }

  @SuppressWarnings("NullAway") // Numbers are below size, so there is a node.
  private static Node node(@Nullable Object[] at, int slot) {
    return (Node) at[slot];
  }

  private static @Nullable Object[] owned(@Nullable Object[] array, Object owner) {
    if (array[BRANCHES] == owner) {
      return array;
    }
    @Nullable Object[] copy = array.clone();
    copy[BRANCHES] = owner;
    return copy;
  }

  void set(int number, Node node, Object owner) {
    root = owned(root, owner);
    @Nullable Object[] at = root;
    for (int s = shift; s > 0; s -= BITS) {
      int slot = number >>> s & MASK;
      Object next = at[slot];
      @Nullable Object[] child =
          next == null
              ? owned(new @Nullable Object[BRANCHES + 1], owner)
              : owned((@Nullable Object[]) next, owner);
      at[slot] = child;
      at = child;
    }
    at[number & MASK] = node;
  }

  int add(Node node, Object owner) {
    if (size == BRANCHES << shift) {
      @Nullable Object[] higher = new @Nullable Object[BRANCHES + 1];
      higher[0] = root;
      higher[BRANCHES] = owner;
      root = higher;
      shift += BITS;
    }
    set(size, node, owner);
    return size++;
  }

  /** The leaves here that are not the very same in {@code other}. */
  void forEachLeafNotIn(Arena other, Consumer<Node.Leaf> action) {
    @Nullable Object[] theirs = other.root;
    int level = other.shift;
    for (; level > shift; level -= BITS) {
      theirs = child(theirs, 0);
    }
    @Nullable Object[] mine = root;
    for (int s = shift; s > level; s -= BITS) {
      for (int i = 1; i < BRANCHES && mine[i] != null; i++) {
        walk(child(mine, i), null, s - BITS, action);
      }
      mine = child(mine, 0);
    }
    walk(mine, theirs, level, action);
  }

  private static void walk(
      @Nullable Object[] mine,
      @Nullable Object @Nullable [] theirs,
      int level,
      Consumer<Node.Leaf> action) {
    if (mine == theirs) {
      return;
    }
    for (int i = 0; i < BRANCHES && mine[i] != null; i++) {
      Object here = mine[i];
      Object there = theirs == null ? null : theirs[i];
      if (here == there) {
        continue;
      }
      if (level > 0) {
        walk(child(mine, i), (@Nullable Object[]) there, level - BITS, action);
      } else if (here instanceof Node.Leaf leaf) {
        action.accept(leaf);
      }
    }
  }
}
