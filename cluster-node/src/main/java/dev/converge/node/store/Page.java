package dev.converge.node.store;

import dev.converge.crdt.ORMap;
import dev.converge.crdt.Variant;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import org.jspecify.annotations.Nullable;

/**
 * What a node has seen of a range of dots in one bucket, and what of that is alive there. A range
 * of dots is a range of the causal context too, so each page stands for itself: whatever is in
 * {@code seen} and not in {@code alive} is dead for ever.
 *
 * @param bucket which bucket
 * @param seen of the range
 * @param alive of the range; all of it is in {@code seen}
 * @param end the last dot of the range; null if it goes to the end
 */
record Page(int bucket, DotRuns seen, DotRuns alive, @Nullable Dot end) {
  /** A page has at most so many runs of dots that are alive. */
  static final int MAX_RUNS = 10_000;

  /** And so many dots, as it is joined as a whole. */
  static final int MAX_DOTS = 20_000;

  /** The page of {@code state} behind {@code after}. O(dots of the bucket · log). */
  static Page of(int bucket, ORMap<String, Variant> state, @Nullable Dot after) {
    DotRuns alive = DotRuns.of(Buckets.store(state));
    DotRuns seen = DotRuns.of(Buckets.context(state));
    Dot end = alive.endOf(after, MAX_RUNS, MAX_DOTS);
    return new Page(bucket, seen.between(after, end), alive.between(after, end), end);
  }

  /** Whether {@code (replica, sequence)} is dead. */
  boolean isDead(ReplicaId replica, long sequence) {
    return seen.contains(replica, sequence) && !alive.contains(replica, sequence);
  }

  /** What {@code context} lacks of what is alive there. */
  DotRuns missing(CausalContext context) {
    return alive.minus(context);
  }
}
