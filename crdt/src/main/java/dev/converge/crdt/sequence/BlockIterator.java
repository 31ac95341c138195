package dev.converge.crdt.sequence;

import dev.converge.crdt.sequence.Node.Inner;
import dev.converge.crdt.sequence.Node.Leaf;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The blocks of a version in the order of the list. */
final class BlockIterator implements Iterator<Block> {
  private record Step(Inner node, int slot) {}

  private final Arena arena;
  private final ArrayDeque<Step> path = new ArrayDeque<>();
  private @Nullable Leaf leaf;
  private int at;

  BlockIterator(State state) {
    this.arena = state.arena();
    descend(state.root);
    settle();
  }

  private void descend(int from) {
    Node node = arena.get(from);
    while (node instanceof Inner inner) {
      path.push(new Step(inner, 0));
      node = arena.get(inner.children[0]);
    }
    leaf = (Leaf) node;
    at = 0;
  }

  /** Goes on to the next leaf if this one is at its end. */
  private void settle() {
    while (leaf != null && at == leaf.count) {
      leaf = null;
      while (leaf == null && !path.isEmpty()) {
        Step step = path.pop();
        if (step.slot + 1 < step.node.count) {
          path.push(new Step(step.node, step.slot + 1));
          descend(step.node.children[step.slot + 1]);
        }
      }
    }
  }

  /**
   * If both are at the start of one and the same leaf, passes it in both; as often as that is so.
   */
  void skipShared(BlockIterator other) {
    while (leaf != null && leaf == other.leaf && at == 0 && other.at == 0) {
      at = leaf.count;
      other.at = at;
      settle();
      other.settle();
    }
  }

  @Override
  public boolean hasNext() {
    return leaf != null;
  }

  @Override
  public Block next() {
    if (leaf == null) {
      throw new NoSuchElementException();
    }
    Block block = leaf.blocks[at++];
    settle();
    return block;
  }
}
