package dev.converge.node.store;

import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.CausalCrdt;
import dev.converge.crdt.causal.CausalType;
import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.node.store.RightsRow.Side;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A quantity under a key that never goes below 0: {@link dev.converge.crdt.BoundedCounter} in a
 * form that can be removed, and whose writers can lose their memory.
 *
 * <p>Each writer has one dot with its {@linkplain RightsRow row}, which says by itself where the
 * rights came from that it has used up. So whatever of the rows is here, and whatever of them a
 * removal has seen, there is no less than nothing: what is here of a writer counts for 0 at least.
 *
 * <p><b>Lives.</b> A node that has started again, and may have forgotten what it did last, uses
 * nothing but what it has added since, until the gap between its lives is closed: in the gap may be
 * decrements. Then it has again the use of all that it had, and of what was given to it.
 *
 * <p>A removal takes away the rows that it has seen. A change concurrent with it survives with its
 * writer's whole row, as of any counter in the store.
 *
 * <p>Immutable and thread-safe. Mutators return deltas. With {@code r} rows of which {@code t}
 * pairs have made transfers, all operations cost O(r + t · log t). Exact beyond 64 bits.
 */
public final class BoundedCounterValue implements CausalCrdt<BoundedCounterValue> {
  private static final CausalType<BoundedCounterValue> TYPE =
      CausalType.of(
          "boundedcounter",
          DotFun.<RightsRow>none(),
          BoundedCounterValue::new,
          BoundedCounterValue::check);

  private final Causal<DotFun<RightsRow>> causal;

  /** What a giver's row has given to a receiver, by what either of them says. */
  private record Edge(ReplicaId giver, long birth, ReplicaId receiver) {}

  private BoundedCounterValue(Causal<DotFun<RightsRow>> causal) {
    this.causal = causal;
  }

  static CausalType<BoundedCounterValue> type() {
    return TYPE;
  }

  private static void check(DotFun<?> store) {
    for (Map.Entry<Dot, ?> e : store) {
      if (!(e.getValue() instanceof RightsRow row) || row.births().last() > e.getKey().sequence()) {
        throw new IllegalArgumentException("at " + e.getKey() + " is no row of a bounded counter");
      }
    }
  }

  @Override
  public Causal<DotFun<RightsRow>> causal() {
    return causal;
  }

  @Override
  public BoundedCounterValue merge(BoundedCounterValue other) {
    Causal<DotFun<RightsRow>> merged = causal.merge(other.causal);
    return merged == causal ? this : new BoundedCounterValue(merged);
  }

  // Reading

  private Map<Edge, BigInteger> edges() {
    Map<Edge, BigInteger> edges = new HashMap<>();
    for (Map.Entry<Dot, RightsRow> e : causal.store()) {
      ReplicaId writer = e.getKey().replica();
      e.getValue()
          .given()
          .forEach(
              (side, amount) ->
                  edges.merge(
                      new Edge(writer, side.birth(), side.replica()), amount, BigInteger::max));
      e.getValue()
          .received()
          .forEach(
              (side, amount) ->
                  edges.merge(
                      new Edge(side.replica(), side.birth(), writer), amount, BigInteger::max));
    }
    return edges;
  }

  /** What each has; below 0 for one of which something has not come yet. */
  Map<ReplicaId, BigInteger> balances() {
    Map<ReplicaId, BigInteger> balances = new TreeMap<>();
    Map<Edge, BigInteger> edges = edges();
    for (Map.Entry<Dot, RightsRow> e : causal.store()) {
      ReplicaId writer = e.getKey().replica();
      balances.merge(writer, e.getValue().net(), BigInteger::add);
      edges.forEach(
          (edge, amount) -> {
            if (isOf(edge, writer, e.getValue())) {
              balances.merge(writer, amount.negate(), BigInteger::add);
            }
          });
    }
    edges.forEach((edge, amount) -> balances.merge(edge.receiver(), amount, BigInteger::add));
    return balances;
  }

  private static boolean isOf(Edge edge, ReplicaId writer, RightsRow row) {
    return edge.giver().equals(writer) && row.births().contains(edge.birth());
  }

  /** The quantity, as far as it is seen here; never below 0. */
  public BigInteger value() {
    return balances().values().stream()
        .map(BigInteger.ZERO::max)
        .reduce(BigInteger.ZERO, BigInteger::add);
  }

  /** How much {@code replica} may take or hand on, if it is asked there; never below 0. */
  public BigInteger rights(ReplicaId replica) {
    BigInteger rights;
    if (knowsItself(replica)) {
      rights = balances().getOrDefault(replica, BigInteger.ZERO);
    } else {
      rights = BigInteger.ZERO;
      Map<Edge, BigInteger> edges = edges();
      for (Map.Entry<Dot, RightsRow> e : own(replica)) {
        RightsRow row = e.getValue();
        rights = rights.add(row.net()).add(row.receivedInAll());
        for (Map.Entry<Edge, BigInteger> edge : edges.entrySet()) {
          if (isOf(edge.getKey(), replica, row)) {
            rights = rights.subtract(edge.getValue());
          }
        }
      }
    }
    return rights.max(BigInteger.ZERO);
  }

  /** Whether {@code replica} can have done nothing here that has not been seen. */
  private boolean knowsItself(ReplicaId replica) {
    long next = causal.next(replica).sequence();
    return causal.context().containsRange(replica, 1, next - 1);
  }

  /** The rows of {@code replica} after which it can have done nothing unseen. */
  private List<Map.Entry<Dot, RightsRow>> own(ReplicaId replica) {
    long next = causal.next(replica).sequence();
    List<Map.Entry<Dot, RightsRow>> own = new ArrayList<>(1);
    for (Map.Entry<Dot, RightsRow> e : causal.store()) {
      Dot dot = e.getKey();
      if (dot.replica().equals(replica)
          && causal.context().containsRange(replica, dot.sequence(), next - 1)) {
        own.add(e);
      }
    }
    return own;
  }

  // Writing

  private interface Change {
    RightsRow of(RightsRow row);
  }

  private BoundedCounterValue write(ReplicaId replica, Change change) {
    Dot next = causal.next(replica);
    List<Dot> replaced = new ArrayList<>(1);
    RightsRow row = null;
    for (Map.Entry<Dot, RightsRow> e : own(replica)) {
      replaced.add(e.getKey());
      row = row == null ? e.getValue() : row.and(e.getValue());
    }
    if (row == null) {
      row = RightsRow.begun(next.sequence());
    }
    if (knowsItself(replica)) {
      Map<Side, BigInteger> known = new HashMap<>();
      edges()
          .forEach(
              (edge, amount) -> {
                if (edge.receiver().equals(replica)) {
                  known.put(new Side(edge.giver(), edge.birth()), amount);
                }
              });
      row = row.receiving(known);
    }
    return new BoundedCounterValue(Causal.delta(DotFun.of(next, change.of(row)), next, replaced));
  }

  private static void requirePositive(BigInteger by) {
    if (by.signum() <= 0) {
      throw new IllegalArgumentException("a counter changes by a positive number, not by " + by);
    }
  }

  private void requireRights(ReplicaId replica, BigInteger wanted) {
    requirePositive(wanted);
    BigInteger rights = rights(replica);
    if (rights.compareTo(wanted) < 0) {
      throw new NoRightsException(replica, wanted, rights, value(), knowsItself(replica));
    }
  }

  /**
   * The delta that adds {@code by}, and gives {@code replica} the rights to it.
   *
   * @throws IllegalArgumentException if {@code by} is not positive
   */
  public BoundedCounterValue increment(ReplicaId replica, BigInteger by) {
    requirePositive(by);
    return write(replica, row -> row.adding(by));
  }

  /**
   * The delta that takes {@code by}, in the name of {@code replica}.
   *
   * @throws IllegalArgumentException if {@code by} is not positive
   * @throws NoRightsException if {@code replica} has fewer rights
   */
  public BoundedCounterValue decrement(ReplicaId replica, BigInteger by) {
    requireRights(replica, by);
    return write(replica, row -> row.taking(by));
  }

  /**
   * The delta that hands rights from one replica to another. The caller writes as {@code from}.
   *
   * @throws IllegalArgumentException if {@code by} is not positive, or both are one replica
   * @throws NoRightsException if {@code from} has fewer rights
   */
  public BoundedCounterValue transfer(ReplicaId from, ReplicaId to, BigInteger by) {
    if (from.equals(to)) {
      throw new IllegalArgumentException("rights are transferred to another replica, not to " + to);
    }
    requireRights(from, by);
    return write(from, row -> row.giving(to, by));
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof BoundedCounterValue other && causal.equals(other.causal);
  }

  @Override
  public int hashCode() {
    return causal.hashCode();
  }

  /** The value and what each has, {@code 7 {node-1=6, node-2=1}}. */
  @Override
  public String toString() {
    return value() + " " + balances();
  }
}
