package dev.converge.crdt;

import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.CausalType;
import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import java.math.BigInteger;
import java.util.Map;

/**
 * A grow-only counter inside a map: its key can be removed, after which it starts at 0.
 *
 * <p>Each writer holds one dot with its own sum and replaces it at each increment. So a removal
 * takes away the sums it has seen, and a late increment from before it never comes back. An
 * increment that is concurrent with the removal survives with the writer's <em>whole</em> sum, of
 * which it is a part. For a counter on its own, {@link GCounter} is smaller.
 *
 * <pre>{@code
 * ORMap<String, CausalGCounter> hits = ORMap.empty(CausalGCounter.type());
 * ORMap<String, CausalGCounter> late = hits.update("/home", c -> c.increment(phone, 5));
 * hits = hits.merge(late);
 * hits = hits.merge(hits.remove("/home"));
 * hits = hits.merge(hits.update("/home", c -> c.increment(phone, 1)));
 * hits = hits.merge(late);                                // still 1
 * }</pre>
 *
 * <p>Immutable and thread-safe. Mutators return deltas. With {@code r} writers, all operations cost
 * O(r). Exact beyond 64 bits.
 */
public final class CausalGCounter extends CausalValue<CausalGCounter, DotFun<BigInteger>> {
  private static final CausalType<CausalGCounter> TYPE =
      CausalType.of(
          "gcounter", DotFun.<BigInteger>none(), CausalGCounter::new, CausalGCounter::check);

  private CausalGCounter(Causal<DotFun<BigInteger>> causal) {
    super(causal);
  }

  /** The counter that nobody has incremented. */
  public static CausalGCounter empty() {
    return TYPE.empty();
  }

  /** The type of counters in a map, and what restores one from its parts. */
  public static CausalType<CausalGCounter> type() {
    return TYPE;
  }

  private static void check(DotFun<BigInteger> store) {
    Contributions.checkNumbers(store);
    for (Map.Entry<Dot, BigInteger> e : store) {
      Shapes.require(e.getValue().signum() > 0, () -> "the contribution " + e + " is not positive");
    }
  }

  @Override
  CausalGCounter with(Causal<DotFun<BigInteger>> state) {
    return new CausalGCounter(state);
  }

  /**
   * The delta that adds {@code by}, in the name of {@code replica}.
   *
   * @throws IllegalArgumentException if {@code by} is not positive
   */
  public CausalGCounter increment(ReplicaId replica, long by) {
    return increment(replica, BigInteger.valueOf(by));
  }

  /**
   * The delta that adds {@code by}, in the name of {@code replica}.
   *
   * @throws IllegalArgumentException if {@code by} is not positive
   */
  public CausalGCounter increment(ReplicaId replica, BigInteger by) {
    return with(Contributions.add(causal, replica, Contributions.positive(by)));
  }

  /** The sum of all increments. */
  public BigInteger value() {
    return Contributions.total(store());
  }

  /** The value. */
  @Override
  public String toString() {
    return value().toString();
  }
}
