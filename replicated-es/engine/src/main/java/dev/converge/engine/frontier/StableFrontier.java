package dev.converge.engine.frontier;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.util.Map;
import java.util.TreeMap;

/**
 * What all members are known to have: the meet of the rows of a matrix with one vector {origin →
 * LSN} per member. Single-threaded, mutable. A call costs O(members · origins).
 *
 * <p>Two uses. Rows of what a member has confirmed as stored and applied give what is <em>causally
 * stable</em>: every replica has it. Rows of the floors that members announced ("no event of mine
 * behind my present log will be ignorant of this") give what no event to come can be concurrent
 * with; see {@link Retention}. Causal stability as a minimum over observed vectors: Baquero,
 * Almeida and Shoker, <em>Making Operation-based CRDTs Operation-based</em> (DAIS 2014).
 *
 * <table>
 * <caption>A member's transitions</caption>
 * <tr><th>is</th><th>on</th><th>becomes</th></tr>
 * <tr><td>unknown</td><td>join(holds), not less than what is stable</td><td>a row</td></tr>
 * <tr><td>a row</td><td>confirmed(vector)</td><td>the row with all of the vector</td></tr>
 * <tr><td>a row</td><td>retire</td><td>retired, without a row</td></tr>
 * <tr><td>retired</td><td>confirmed, retire</td><td>retired</td></tr>
 * </table>
 *
 * <p>Invariant: {@link #vector} never goes back.
 */
public final class StableFrontier {
  private final Map<ReplicaId, VersionVector> rows = new TreeMap<>();
  private VersionVector stable = VersionVector.empty();

  /**
   * A replica counts from now on; this one too must join. Known ones are passed over.
   *
   * @param holds what it starts with: nothing for the first members, its sponsor's snapshot for
   *     others
   * @throws IllegalArgumentException if it lacks something that is stable already: others may have
   *     dropped that
   */
  public void join(ReplicaId replica, VersionVector holds) {
    if (rows.containsKey(replica)) {
      return;
    }
    if (!holds.covers(stable)) {
      throw new IllegalArgumentException(
          replica + " joins with " + holds + ", but " + stable + " is stable already");
    }
    rows.put(replica, holds);
    advance();
  }

  /** A member has all of {@code vector}. What is known already changes nothing. */
  public void confirmed(ReplicaId replica, VersionVector vector) {
    if (rows.computeIfPresent(replica, (r, row) -> row.merge(vector)) != null) {
      advance();
    }
  }

  /** A member no longer counts. */
  public void retire(ReplicaId replica) {
    if (rows.remove(replica) != null) {
      advance();
    }
  }

  private void advance() {
    VersionVector least = null;
    for (VersionVector row : rows.values()) {
      least = least == null ? row : least.meet(row);
    }
    if (least != null) {
      stable = stable.merge(least);
    }
  }

  /** What every member has: {origin → LSN}. */
  public VersionVector vector() {
    return stable;
  }

  /** All of the state: equal texts go on alike. */
  @Override
  public String toString() {
    return stable + " of " + rows;
  }
}
