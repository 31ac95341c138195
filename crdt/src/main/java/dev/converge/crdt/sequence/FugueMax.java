package dev.converge.crdt.sequence;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a new run belongs: the order of FugueMax (Weidner, Kleppmann, <em>The Art of the Fugue:
 * Minimizing Interleaving in Collaborative Text Editing</em>, 2023/2025).
 *
 * <p>The paper's list is the walk of a tree: the left children of an element by id, the element,
 * its right children by their right origins, the furthest first, then by id. Here the tree is not
 * kept. An element with origins (p, r) is
 *
 * <ul>
 *   <li>a left child of r, if the left origin of r is p as well (r is then in the right subtree of
 *       p, and nothing of that stood between them);
 *   <li>else a right child of p.
 * </ul>
 *
 * <p>What follows from that: an element is in the right subtree of each element on its chain of
 * left origins, and that subtree is one stretch of the list. So the right subtree of p reaches to
 * the first element after it whose left origin is before p, and its elements with left origin p are
 * the right children of p and the left children of left origin p below those. A run's elements
 * beyond the first have their left origin inside the run, so runs are passed whole.
 *
 * <p>Origins are taken as they come. Whatever pair somebody sends, its place is a function of the
 * set of elements, so replicas cannot part.
 */
final class FugueMax {
  private final Editor editor;
  private final Position cursor = new Position();
  private final Position one = new Position();
  private final Position other = new Position();

  FugueMax(Editor editor) {
    this.editor = editor;
  }

  /** Sets {@code out} to the place of {@code run}, whose origins are in the list. */
  void place(Block run, Position out) {
    OrderTree tree = editor.tree;
    out.set(0, 0, 0);
    if (run.leftReplica != null) {
      Block left = editor.find(run.leftReplica, run.left, out);
      Editor.afterElement(out, left);
    }
    cursor.set(out);
    if (!tree.toBlock(cursor)) {
      return;
    }
    Block next = tree.block(cursor);
    if (Block.same(next.replica, next.start + cursor.offset, run.rightReplica, run.right)) {
      return;
    }
    if (isLeftChild(run.rightReplica, run.right, run)) {
      amongLeftChildren(run, out);
    } else {
      amongRightChildren(run, out);
    }
  }

  /** Whether an element with the left origin of {@code run} and this right origin is left of it. */
  private boolean isLeftChild(@Nullable ReplicaId right, long sequence, Block run) {
    if (right == null) {
      return false;
    }
    Block block = editor.find(right, sequence, one);
    return Block.same(
        block.leftReplicaAt(one.offset), block.leftAt(one.offset), run.leftReplica, run.left);
  }

  /** Goes through the right subtree of p from its beginning, where {@code out} and cursor are. */
  private void amongRightChildren(Block run, Position out) {
    OrderTree tree = editor.tree;
    boolean passed = false;
    while (tree.toBlock(cursor)) {
      Block block = tree.block(cursor);
      ReplicaId leftReplica = block.leftReplicaAt(cursor.offset);
      long left = block.leftAt(cursor.offset);
      if (Block.same(leftReplica, left, run.leftReplica, run.left)) {
        if (passed) {
          out.set(cursor);
          passed = false;
        }
        if (!isLeftChild(block.rightReplica, block.right, run)) {
          if (!isBefore(block, block.start + cursor.offset, run)) {
            return;
          }
          passed = true;
        }
      } else if (isBeforeElement(leftReplica, left, run.leftReplica, run.left)) {
        break;
      }
      cursor.set(cursor.leaf, cursor.at + 1, 0);
    }
    if (passed) {
      out.set(cursor);
    }
  }

  /** Whether a right child of p comes before {@code run}, another. */
  private boolean isBefore(Block sibling, long sequence, Block run) {
    if (!Block.same(sibling.rightReplica, sibling.right, run.rightReplica, run.right)) {
      if (sibling.rightReplica == null) {
        return true;
      }
      return run.rightReplica != null
          && isBeforeElement(run.rightReplica, run.right, sibling.rightReplica, sibling.right);
    }
    return isLess(sibling.replica, sequence, run);
  }

  private static boolean isLess(ReplicaId replica, long sequence, Block run) {
    int order = replica.compareTo(run.replica);
    return order != 0 ? order < 0 : sequence < run.start;
  }

  /** Whether the first element, or the beginning, is before the second in the list. */
  private boolean isBeforeElement(
      @Nullable ReplicaId r1, long sequence1, @Nullable ReplicaId r2, long sequence2) {
    if (r2 == null) {
      return false;
    }
    if (r1 == null) {
      return true;
    }
    editor.find(r1, sequence1, one);
    editor.find(r2, sequence2, other);
    return editor.tree.compare(one, other) < 0;
  }

  /** Goes back from r through its left subtree. */
  private void amongLeftChildren(Block run, Position out) {
    OrderTree tree = editor.tree;
    ReplicaId right = run.rightReplica;
    if (right == null) {
      throw new IllegalStateException("no right origin");
    }
    editor.find(right, run.right, cursor);
    out.set(cursor);
    // The left subtree of the sibling before which the run goes, as far as seen: what has left
    // origin p and a right origin in here belongs to it.
    Set<Dot> subtree = null;
    boolean more = true;
    while (more && tree.toPrevious(cursor)) {
      Block block = tree.block(cursor);
      int offset = 0;
      if (run.leftReplica != null && block.covers(run.leftReplica, run.left)) {
        offset = (int) (run.left - block.start) + 1;
        more = false;
        if (offset == block.length) {
          return;
        }
      } else if (!Block.same(block.leftReplica, block.left, run.leftReplica, run.left)) {
        continue;
      }
      long sequence = block.start + offset;
      if (Block.same(block.rightReplica, block.right, right, run.right)) {
        if (isLess(block.replica, sequence, run)) {
          return;
        }
        subtree = new HashSet<>();
      } else if (subtree == null
          || block.rightReplica == null
          || !subtree.contains(new Dot(block.rightReplica, block.right))) {
        return;
      }
      subtree.add(new Dot(block.replica, sequence));
      out.set(cursor.leaf, cursor.at, offset);
    }
  }
}
