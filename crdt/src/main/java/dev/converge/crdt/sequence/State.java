package dev.converge.crdt.sequence;

import dev.converge.crdt.sequence.Node.Leaf;
import org.jspecify.annotations.Nullable;

/**
 * An immutable version: the list as a tree in an arena, and what is known of each writer. Shares
 * with the versions it came from all that has not changed.
 */
final class State {
  private static final Writer[] NOBODY = {};
  private static final @Nullable Object[] NO_NODES = Arena.rootOf(Leaf.empty(null));

  static final State EMPTY_TEXT = new State(Contents.TEXT, NO_NODES, 0, 1, 0, 0, NOBODY);
  static final State EMPTY_LIST = new State(Contents.LIST, NO_NODES, 0, 1, 0, 0, NOBODY);

  final Contents contents;
  private final @Nullable Object[] nodes;
  private final int shift;
  private final int nodeCount;
  final int root;
  final int visible;

  /** Sorted by id. */
  final Writer[] writers;

  State(
      Contents contents,
      @Nullable Object[] nodes,
      int shift,
      int nodeCount,
      int root,
      int visible,
      Writer[] writers) {
    this.contents = contents;
    this.nodes = nodes;
    this.shift = shift;
    this.nodeCount = nodeCount;
    this.root = root;
    this.visible = visible;
    this.writers = writers;
  }

  Arena arena() {
    return new Arena(nodes, shift, nodeCount);
  }

  int nodeCount() {
    return nodeCount;
  }

  boolean isEmpty() {
    return writers.length == 0;
  }

  /** The join: the smaller is folded into the larger. */
  State merge(State other) {
    if (this == other || other.isEmpty()) {
      return this;
    }
    if (isEmpty()) {
      return other;
    }
    boolean mine = weight() >= other.weight();
    Editor editor = new Editor(mine ? this : other);
    return editor.integrate(mine ? other : this) ? editor.state() : mine ? this : other;
  }

  private long weight() {
    long weight = nodeCount * 16L;
    for (Writer writer : writers) {
      weight += LongMap.size(writer.pending) + LongMap.size(writer.orphans);
    }
    return weight;
  }
}
