package dev.converge.crdt;

import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.CausalType;
import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.clock.ReplicaId;
import java.math.BigInteger;

/**
 * A counter with increment and decrement inside a map: its key can be removed, after which it
 * starts at 0.
 *
 * <p>Each writer holds one dot with its own sum and replaces it at each change. So a removal takes
 * away the sums it has seen, and a late change from before it never comes back. A change that is
 * concurrent with the removal survives with the writer's <em>whole</em> sum, of which it is a part.
 * For a counter on its own, use {@link PNCounter}.
 *
 * <pre>{@code
 * ORMap<String, CausalPNCounter> stock = ORMap.empty(CausalPNCounter.type());
 * stock = stock.merge(stock.update("pen", c -> c.increment(phone, 5)));
 * stock = stock.merge(stock.update("pen", c -> c.decrement(laptop, 2)));
 * BigInteger pens = stock.get("pen").orElseThrow().value();     // 3
 * }</pre>
 *
 * <p>Immutable and thread-safe. Mutators return deltas. With {@code r} writers, all operations cost
 * O(r). Exact beyond 64 bits.
 */
public final class CausalPNCounter extends CausalValue<CausalPNCounter, DotFun<BigInteger>> {
  private static final CausalType<CausalPNCounter> TYPE =
      CausalType.of(
          "pncounter",
          DotFun.<BigInteger>none(),
          CausalPNCounter::new,
          Contributions::checkNumbers);

  private CausalPNCounter(Causal<DotFun<BigInteger>> causal) {
    super(causal);
  }

  /** The counter that nobody has changed. */
  public static CausalPNCounter empty() {
    return TYPE.empty();
  }

  /** The type of counters in a map, and what restores one from its parts. */
  public static CausalType<CausalPNCounter> type() {
    return TYPE;
  }

  @Override
  CausalPNCounter with(Causal<DotFun<BigInteger>> state) {
    return new CausalPNCounter(state);
  }

  /**
   * The delta that adds {@code by}, in the name of {@code replica}.
   *
   * @throws IllegalArgumentException if {@code by} is not positive
   */
  public CausalPNCounter increment(ReplicaId replica, long by) {
    return increment(replica, BigInteger.valueOf(by));
  }

  /**
   * The delta that adds {@code by}, in the name of {@code replica}.
   *
   * @throws IllegalArgumentException if {@code by} is not positive
   */
  public CausalPNCounter increment(ReplicaId replica, BigInteger by) {
    return with(Contributions.add(causal, replica, Contributions.positive(by)));
  }

  /**
   * The delta that takes away {@code by}, in the name of {@code replica}.
   *
   * @throws IllegalArgumentException if {@code by} is not positive
   */
  public CausalPNCounter decrement(ReplicaId replica, long by) {
    return decrement(replica, BigInteger.valueOf(by));
  }

  /**
   * The delta that takes away {@code by}, in the name of {@code replica}.
   *
   * @throws IllegalArgumentException if {@code by} is not positive
   */
  public CausalPNCounter decrement(ReplicaId replica, BigInteger by) {
    return with(Contributions.add(causal, replica, Contributions.positive(by).negate()));
  }

  /** The sum of all increments less the sum of all decrements. */
  public BigInteger value() {
    return Contributions.total(store());
  }

  /** The value. */
  @Override
  public String toString() {
    return value().toString();
  }
}
