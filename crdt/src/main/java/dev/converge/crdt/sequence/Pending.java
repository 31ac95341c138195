package dev.converge.crdt.sequence;

import dev.converge.crdt.clock.Dot;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a state has that does not show yet, because other deltas have not come: elements whose
 * neighbours at insertion are missing, and deletions of elements that are missing.
 *
 * <p>A delta alone is mostly pending. In a replica's state, something pending that stays says that
 * a delta was lost: ask for it, or for a whole state.
 *
 * <pre>{@code
 * Text hello = Text.empty().insert(phone, 0, "hello");
 * Text more = hello.insert(laptop, 5, "!");
 * long waiting = Text.empty().merge(more).pending().elements(); // 1: the "!"
 * boolean all = more.merge(hello).pending().isEmpty(); // true
 * }</pre>
 *
 * @param elements how many elements wait
 * @param deletions how many missing elements are known to be deleted
 * @param missing the neighbours that elements wait for and that are not waiting themselves
 */
public record Pending(long elements, long deletions, SortedSet<Dot> missing) {
  /** Makes the set unmodifiable. */
  public Pending {
    missing = Collections.unmodifiableSortedSet(new TreeSet<>(missing));
  }

  /** Whether everything shows. */
  public boolean isEmpty() {
    return elements == 0 && deletions == 0;
  }

  /** O(pending · log n). */
  static Pending of(State state) {
    long[] counts = new long[2];
    TreeSet<Dot> missing = new TreeSet<>();
    Editor editor = new Editor(state);
    for (Writer writer : state.writers) {
      LongMap.forEach(writer.orphans, (from, to) -> counts[1] += to - from);
      LongMap.forEach(
          writer.pending,
          (start, block) -> {
            counts[0] += block.length;
            if (block.leftReplica != null && !editor.knows(block.leftReplica, block.left)) {
              missing.add(Dot.of(block.leftReplica, block.left));
            }
            if (block.rightReplica != null && !editor.knows(block.rightReplica, block.right)) {
              missing.add(Dot.of(block.rightReplica, block.right));
            }
          });
    }
    return new Pending(counts[0], counts[1], missing);
  }
}
