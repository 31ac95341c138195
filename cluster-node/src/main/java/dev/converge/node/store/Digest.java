package dev.converge.node.store;

import dev.converge.crdt.causal.DotStore;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.ReplicaId;
import org.jspecify.annotations.Nullable;

/**
 * Hashes by which nodes compare what they have. A dot names a write and what it says, so the sum of
 * the hashes of the dots that are alive stands for the contents; being a sum, it follows each
 * change in O(change). Part of the wire format.
 */
final class Digest {
  /** Of entries with more dots only those that a change names are looked at, if these are few. */
  private static final int SMALL = 64;

  /** What it costs to look for a dot, in dots gone through. */
  private static final int LOOK = 8;

  private Digest() {}

  static long mix(long value) {
    long z = value * 0x9e3779b97f4a7c15L;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  static long of(ReplicaId replica, long sequence) {
    return mix(mix(sequence) + replica.hashCode());
  }

  /** Of all that is alive. O(n). */
  static long of(@Nullable DotStore store) {
    if (store == null) {
      return 0;
    }
    long[] sum = {0};
    store.forEachDotParts((replica, sequence) -> sum[0] += of(replica, sequence));
    return sum[0];
  }

  /**
   * By how much the sum changes if {@code before}, which has seen {@code seen}, becomes {@code
   * after} by a delta.
   *
   * @param delta what the delta has in that place; null if nothing
   * @param deltaContext what it has seen
   */
  static long change(
      @Nullable DotStore before,
      CausalContext seen,
      @Nullable DotStore after,
      @Nullable DotStore delta,
      CausalContext deltaContext) {
    boolean isSmall =
        (before == null || before.size() <= SMALL) && (after == null || after.size() <= SMALL);
    if (isSmall
        || before == null
        || after == null
        || deltaContext.size() > (before.size() + after.size()) / LOOK) {
      return of(after) - of(before);
    }
    long[] sum = {0};
    if (delta != null) {
      delta.forEachDotParts(
          (replica, sequence) -> {
            if (!seen.contains(replica, sequence)) {
              sum[0] += of(replica, sequence);
            }
          });
    }
    deltaContext.forEachCommon(
        seen,
        dot -> {
          if (before.contains(dot) && !after.contains(dot)) {
            sum[0] -= of(dot.replica(), dot.sequence());
          }
        });
    return sum[0];
  }

  /** Of all that was seen. O(runs). */
  static long of(CausalContext context) {
    long[] sum = {0};
    context.forEachRun((replica, first, last) -> sum[0] += mix(of(replica, first) + mix(last) + 1));
    return sum[0];
  }
}
