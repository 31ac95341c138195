package dev.converge.crdt;

import dev.converge.crdt.algebra.Crdt;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.persistent.PersistentMap;
import java.math.BigInteger;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A counter that only grows: each replica counts its own increments, and the value is the sum.
 *
 * <pre>{@code
 * GCounter visits = GCounter.empty();
 * GCounter onPhone = visits.merge(visits.increment(phone, 2));
 * GCounter onLaptop = visits.merge(visits.increment(laptop, 3));
 * BigInteger all = onPhone.merge(onLaptop).value();       // 5
 * }</pre>
 *
 * <p>Immutable and thread-safe. Mutators return deltas (see {@link Crdt}). With {@code r} replicas,
 * an increment and the merge of its delta cost O(log r), the value O(r). Exact beyond 64 bits. A
 * replica id must have one writer, whose increments follow each other: of two increments made from
 * the same state under one id, only one counts. See Shapiro et al., <em>A Comprehensive Study of
 * Convergent and Commutative Replicated Data Types</em> (2011), specification 6.
 */
public final class GCounter implements Crdt<GCounter> {
  private static final GCounter EMPTY = new GCounter(PersistentMap.empty());

  /** By replica, all positive. */
  private final PersistentMap<ReplicaId, BigInteger> counts;

  private GCounter(PersistentMap<ReplicaId, BigInteger> counts) {
    this.counts = counts;
  }

  /** The counter that nobody has incremented. */
  public static GCounter empty() {
    return EMPTY;
  }

  /**
   * A counter from its parts.
   *
   * @param counts by replica, the sum of its increments
   * @throws IllegalArgumentException if a count is not positive
   */
  public static GCounter of(Map<ReplicaId, BigInteger> counts) {
    counts.forEach(
        (replica, count) ->
            Shapes.require(
                count.signum() > 0, () -> "a count is positive: " + replica + "=" + count));
    return counts.isEmpty() ? EMPTY : new GCounter(PersistentMap.copyOf(counts));
  }

  /**
   * The delta that adds {@code by}, in the name of {@code replica}.
   *
   * @throws IllegalArgumentException if {@code by} is not positive
   */
  public GCounter increment(ReplicaId replica, long by) {
    return increment(replica, BigInteger.valueOf(by));
  }

  /**
   * The delta that adds {@code by}, in the name of {@code replica}.
   *
   * @throws IllegalArgumentException if {@code by} is not positive
   */
  public GCounter increment(ReplicaId replica, BigInteger by) {
    BigInteger count = count(replica).add(Contributions.positive(by));
    return new GCounter(PersistentMap.of(replica, count));
  }

  /** The sum of all increments. */
  public BigInteger value() {
    BigInteger[] sum = {BigInteger.ZERO};
    counts.forEach((replica, count) -> sum[0] = sum[0].add(count));
    return sum[0];
  }

  /** The sum of the increments made in the name of {@code replica}. */
  public BigInteger count(ReplicaId replica) {
    BigInteger count = counts.get(replica);
    return count == null ? BigInteger.ZERO : count;
  }

  /** By replica, the sum of its increments, all positive. Unmodifiable; made anew at each call. */
  public SortedMap<ReplicaId, BigInteger> counts() {
    TreeMap<ReplicaId, BigInteger> sorted = new TreeMap<>();
    counts.forEach(sorted::put);
    return Collections.unmodifiableSortedMap(sorted);
  }

  /** The greater count of each replica. */
  @Override
  public GCounter merge(GCounter other) {
    PersistentMap<ReplicaId, BigInteger> merged = counts.merge(other.counts, BigInteger::max);
    return merged == counts ? this : new GCounter(merged);
  }

  /** Same counts of the same replicas. */
  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof GCounter other && counts.equals(other.counts);
  }

  @Override
  public int hashCode() {
    return counts.hashCode();
  }

  /** The value. */
  @Override
  public String toString() {
    return value().toString();
  }
}
