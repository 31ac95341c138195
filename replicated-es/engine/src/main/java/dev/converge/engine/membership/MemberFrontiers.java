package dev.converge.engine.membership;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.FinalFrontier;
import dev.converge.engine.frontier.Promise;
import dev.converge.engine.frontier.StableFrontier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is final and what is stable, as one node knows it while replicas come and go: drives a
 * {@link FinalFrontier} and a {@link StableFrontier}. Single-threaded, mutable; made anew after a
 * restart. A call costs O(members · origins).
 *
 * <p>Three rules that membership adds to the frontiers:
 *
 * <ol>
 *   <li>A log counts towards finality as far as a <em>majority</em> of the present members has it,
 *       besides this node. Those who stay after a retirement are a majority too, so one of them has
 *       it, and the cut-off is not below it.
 *   <li>What a member confirmed counts towards the majority only in the epoch that it confirmed it
 *       in, and not while this node has fenced it: then it may be on its way out.
 *   <li>What a member confirmed counts towards stability once that member's own log has come up to
 *       where it was then: whom it let in before, is known by then.
 * </ol>
 *
 * <table>
 * <caption>Transitions</caption>
 * <tr><th>a replica is</th><th>on</th><th>becomes</th></tr>
 * <tr><td>unknown</td><td>first set, joined</td><td>counted, from the time of its record</td></tr>
 * <tr><td>unknown</td><td>promised, confirmed</td><td>unknown: its join record has not come</td></tr>
 * <tr><td>counted</td><td>began, retires it, log is there up to the cut-off</td><td>gone</td></tr>
 * <tr><td>counted</td><td>began, retires it, log is not there</td><td>leaving</td></tr>
 * <tr><td>leaving</td><td>received, up to the cut-off</td><td>gone</td></tr>
 * <tr><td>this one</td><td>began, retires it</td><td>over: nothing more becomes final or stable
 *   here, as what lies past the cut-off would seem to</td></tr>
 * </table>
 *
 * <p>Invariants: {@link #finalTime}, {@link #stable} and {@link #safe} never go back; {@link #safe}
 * is never past a cut-off.
 */
public final class MemberFrontiers {
  /**
   * What a member confirmed before its log had come so far. The oldest and the newest are enough:
   * the oldest always comes to count, however many follow.
   */
  private record Early(VersionVector oldest, VersionVector newest) {}

  private final ReplicaId self;
  private final FinalFrontier finals = new FinalFrontier();
  private final StableFrontier stables = new StableFrontier();
  private final Map<ReplicaId, VersionVector> confirmed = new TreeMap<>();
  private final Map<ReplicaId, Early> early = new TreeMap<>();
  private final Map<ReplicaId, Long> retired = new TreeMap<>();
  private final NavigableSet<ReplicaId> known;
  private NavigableSet<ReplicaId> fenced = Sets.NONE;
  private ReplicaSet set;
  private VersionVector held = VersionVector.empty();
  private VersionVector safe = VersionVector.empty();

  /**
   * A node of the configured set, which holds nothing. After a restart: then hand in what the
   * journal has, records and changes in their order.
   *
   * @param first the configured set
   */
  public MemberFrontiers(ReplicaId self, ReplicaSet first) {
    this.self = self;
    this.set = first;
    this.known = new TreeSet<>(first.members());
    for (ReplicaId member : first.members()) {
      finals.join(member, HybridTimestamp.ZERO);
      stables.join(member, VersionVector.empty());
    }
  }

  /** Whether the replica's log, promises and confirmations count: its join record has come. */
  public boolean isKnown(ReplicaId replica) {
    return known.contains(replica);
  }

  /**
   * A join record came, in its sponsor's log. A second time changes nothing.
   *
   * @throws IllegalArgumentException if the record is later than its sponsor was allowed to write
   *     it: something after it is final, or was let go of
   */
  public void joined(JoinRecord record) {
    if (!isOver() && known.add(record.joiner())) {
      finals.join(record.joiner(), record.time());
      stables.join(record.joiner(), record.holds());
      Long cutOff = retired.get(record.joiner());
      if (cutOff != null) {
        finals.retire(record.joiner(), cutOff);
      }
      settle();
    }
  }

  /**
   * All of a log up to {@code lsn} is stored and applied here. For the own one: is committed.
   *
   * @throws IllegalArgumentException if the replica is not known
   */
  public void received(ReplicaId replica, long lsn) {
    if (!isKnown(replica)) {
      throw new IllegalArgumentException(
          "the log of " + replica + " came before the record that lets it join");
    }
    held = held.with(replica, lsn);
    if (!isOver()) {
      settle();
    }
  }

  /**
   * A replica promised; only what comes from itself, or with its log. Unknown ones do not count.
   */
  public void promised(ReplicaId replica, Promise promise) {
    if (isKnown(replica) && !isOver()) {
      finals.promised(replica, promise);
    }
  }

  /**
   * A member said what it has stored and applied. Only from itself, never through others.
   *
   * @param epoch the one that it was in
   */
  public void confirmed(ReplicaId from, long epoch, VersionVector holds) {
    if (!isKnown(from) || isOver()) {
      return;
    }
    if (epoch == set.epoch() && set.contains(from)) {
      confirmed.merge(from, holds, VersionVector::merge);
    }
    early.merge(
        from,
        new Early(holds, holds),
        (old, now) -> now.newest.covers(old.newest) ? new Early(old.oldest, now.newest) : old);
    settle();
  }

  /** See {@link MembershipEffect.Fence}. */
  public void fence(Collection<ReplicaId> replicas) {
    fenced = Sets.with(fenced, replicas);
  }

  /** See {@link MembershipEffect.Began}. */
  public void began(ReplicaSet next, EpochChange change) {
    if (isOver()) {
      return;
    }
    if (change.retired().contains(self)) {
      // Nobody waits for what is here past the cut-off, so the others' promises would cover it.
      retired.put(self, change.cutOff(self));
      return;
    }
    set = next;
    fenced = Sets.NONE;
    confirmed.clear();
    for (ReplicaId replica : change.retired()) {
      retired.put(replica, change.cutOff(replica));
      if (isKnown(replica)) {
        finals.retire(replica, change.cutOff(replica));
      }
    }
    safe = safe.merge(change.base());
    settle();
  }

  private boolean isOver() {
    return retired.containsKey(self);
  }

  private void settle() {
    safe = safe.merge(majorityHas());
    for (ReplicaId replica : known) {
      finals.received(replica, Math.min(held.get(replica), safe.get(replica)));
    }
    early.entrySet().removeIf(waiting -> countsUp(waiting));
    stables.confirmed(self, held);
    retired.forEach(
        (replica, cutOff) -> {
          if (isKnown(replica) && held.get(replica) >= cutOff) {
            stables.retire(replica);
          }
        });
  }

  /** Counts what may count by now; says whether nothing is left. */
  private boolean countsUp(Map.Entry<ReplicaId, Early> waiting) {
    ReplicaId replica = waiting.getKey();
    long come = held.get(replica);
    Early rows = waiting.getValue();
    if (rows.newest().get(replica) <= come) {
      stables.confirmed(replica, rows.newest());
      return true;
    }
    if (rows.oldest().get(replica) <= come) {
      stables.confirmed(replica, rows.oldest());
      waiting.setValue(new Early(rows.newest(), rows.newest()));
    }
    return false;
  }

  /** For each log, how far a majority has it. Does not count whom this node has fenced. */
  private VersionVector majorityHas() {
    List<VersionVector> rows = new ArrayList<>();
    for (ReplicaId member : set.members()) {
      VersionVector row = member.equals(self) ? held : confirmed.get(member);
      if (row != null && !fenced.contains(member)) {
        rows.add(row);
      }
    }
    VersionVector all = VersionVector.empty();
    if (rows.size() >= set.majority()) {
      for (ReplicaId origin : known) {
        long[] lsns = rows.stream().mapToLong(row -> row.get(origin)).sorted().toArray();
        all = all.with(origin, lsns[lsns.length - set.majority()]);
      }
    }
    return all;
  }

  /** Events at or before this time are final. */
  public HybridTimestamp finalTime() {
    return finals.time();
  }

  /** {origin → LSN}: what every member has. */
  public VersionVector stable() {
    return stables.vector();
  }

  /** {origin → LSN}: what no retirement can cut off. */
  public VersionVector safe() {
    return safe;
  }

  /** Who holds finality back, sorted: they have not promised, or their log has not come. */
  public List<ReplicaId> heldBackBy() {
    return finals.heldBackBy();
  }
}
