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

  /** By how much the sum changes if {@code before} becomes {@code after} by a delta. */
  static long change(
      @Nullable DotStore before, @Nullable DotStore after, CausalContext deltaContext) {
    boolean isSmall =
        (before == null || before.size() <= SMALL) && (after == null || after.size() <= SMALL);
    if (isSmall
        || before == null
        || after == null
        || deltaContext.size() > (before.size() + after.size()) / LOOK) {
      return of(after) - of(before);
    }
    long[] sum = {0};
    deltaContext.forEach(
        dot -> {
          boolean was = before.contains(dot);
          boolean is = after.contains(dot);
          if (was != is) {
            long own = of(dot.replica(), dot.sequence());
            sum[0] += is ? own : -own;
          }
        });
    return sum[0];
  }

  /** Of all that was seen. O(replicas, and dots beyond the vector). */
  static long of(CausalContext context) {
    long[] sum = {0};
    context.vector().forEach((replica, sequence) -> sum[0] += mix(of(replica, sequence) + 1));
    context.forEachBeyond(
        CausalContext.of(context.vector()),
        dot -> sum[0] += mix(of(dot.replica(), dot.sequence()) + 2));
    return sum[0];
  }
}
