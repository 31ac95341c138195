package dev.converge.crdt;

import dev.converge.crdt.algebra.Crdt;
import dev.converge.crdt.clock.ReplicaId;
import java.math.BigInteger;

/**
 * A counter that goes up and down: two grow-only counters, one of increments and one of decrements.
 *
 * <pre>{@code
 * PNCounter votes = PNCounter.empty();
 * PNCounter up = votes.increment(phone, 3);
 * PNCounter down = votes.decrement(laptop, 1);
 * BigInteger sum = votes.merge(up).merge(down).value();   // 2
 * }</pre>
 *
 * <p>Immutable and thread-safe. Mutators return deltas (see {@link Crdt}). Costs are those of
 * {@link GCounter}, and so is the duty: one writer for one replica id. See Shapiro et al., <em>A
 * Comprehensive Study of Convergent and Commutative Replicated Data Types</em> (2011),
 * specification 7.
 *
 * @param increments how much each replica has added
 * @param decrements how much each replica has taken away
 */
public record PNCounter(GCounter increments, GCounter decrements) implements Crdt<PNCounter> {
  private static final PNCounter EMPTY = new PNCounter(GCounter.empty(), GCounter.empty());

  /** The counter that nobody has changed. */
  public static PNCounter empty() {
    return EMPTY;
  }

  /**
   * The delta that adds {@code by}, in the name of {@code replica}.
   *
   * @throws IllegalArgumentException if {@code by} is not positive
   */
  public PNCounter increment(ReplicaId replica, long by) {
    return new PNCounter(increments.increment(replica, by), GCounter.empty());
  }

  /**
   * The delta that adds {@code by}, in the name of {@code replica}.
   *
   * @throws IllegalArgumentException if {@code by} is not positive
   */
  public PNCounter increment(ReplicaId replica, BigInteger by) {
    return new PNCounter(increments.increment(replica, by), GCounter.empty());
  }

  /**
   * The delta that takes away {@code by}, in the name of {@code replica}.
   *
   * @throws IllegalArgumentException if {@code by} is not positive
   */
  public PNCounter decrement(ReplicaId replica, long by) {
    return new PNCounter(GCounter.empty(), decrements.increment(replica, by));
  }

  /**
   * The delta that takes away {@code by}, in the name of {@code replica}.
   *
   * @throws IllegalArgumentException if {@code by} is not positive
   */
  public PNCounter decrement(ReplicaId replica, BigInteger by) {
    return new PNCounter(GCounter.empty(), decrements.increment(replica, by));
  }

  /** The sum of all increments less the sum of all decrements. */
  public BigInteger value() {
    return increments.value().subtract(decrements.value());
  }

  @Override
  public PNCounter merge(PNCounter other) {
    GCounter up = increments.merge(other.increments);
    GCounter down = decrements.merge(other.decrements);
    return up == increments && down == decrements ? this : new PNCounter(up, down);
  }

  /** The value. */
  @Override
  public String toString() {
    return value().toString();
  }
}
