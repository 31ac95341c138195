package dev.converge.engine.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.membership.MembershipMessage.Vote;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One node's part in agreeing on the next epoch: single-decree consensus for each epoch, after
 * Lamport's <em>Paxos Made Simple</em> (2001), among the members of the present one. An immutable
 * state and its step function; a step costs O(members · origins).
 *
 * <p>Beyond consensus there is one rule: before a retirement is put to the vote, <em>all</em> who
 * stay have fenced those who leave, and have said what they hold. The join of that is the change's
 * base, and with it the cut-off of each retired log. So nobody who stays has anything past a
 * cut-off, and nothing has to be taken back. A replica that cannot be reached is no obstacle if it
 * is retired together with the others, as long as those who stay are a {@linkplain Quorum quorum}.
 *
 * <table>
 * <caption>Transitions, in epoch e. A message of an epoch before e is answered with what was
 * decided since; at one of a later epoch the node asks for that. A node that is not a member, or
 * has not got the base of e yet, does not answer and does not vote</caption>
 * <tr><th>is</th><th>on</th><th>becomes</th><th>effects</th></tr>
 * <tr><td>any</td><td>Propose, possible</td><td>coordinating, promised the next ballot, fenced those
 *   to retire</td><td>Fence; Prepare to those who stay</td></tr>
 * <tr><td>any</td><td>Propose, not possible</td><td>as it was</td><td>Refused, with the reason</td></tr>
 * <tr><td>promised b</td><td>Prepare c ≥ b, not about itself</td><td>promised c, fenced those to
 *   retire too</td><td>Fence; Prepared: what it holds, what it voted for</td></tr>
 * <tr><td>promised b</td><td>Prepare or Accept c &lt; b</td><td>as it was</td><td>Overtaken</td></tr>
 * <tr><td>coordinating</td><td>Prepared, enough have</td><td>coordinating with a value (that of the
 *   latest vote among the answers, else the own one), voted for it</td><td>Accept to all</td></tr>
 * <tr><td>promised b</td><td>Accept c ≥ b</td><td>promised c, voted</td><td>Accepted</td></tr>
 * <tr><td>coordinating</td><td>Accepted, by a {@linkplain Quorum quorum}</td><td>in epoch e + 1</td><td>Decided to
 *   all; Began; Sponsor or Retired, if it is about itself</td></tr>
 * <tr><td>coordinating</td><td>Overtaken</td><td>not coordinating</td><td>GaveUp</td></tr>
 * <tr><td>coordinating</td><td>Retry</td><td>as it was</td><td>what is not answered yet,
 *   again</td></tr>
 * <tr><td>any</td><td>Decided e + 1</td><td>in epoch e + 1; no promise, vote, fence or
 *   proposal</td><td>Began; Sponsor or Retired, if it is about itself; GaveUp, if it
 *   coordinated</td></tr>
 * <tr><td>any</td><td>Decided for a known epoch, but another change</td><td>as it was</td>
 *   <td>Diverged</td></tr>
 * <tr><td>any</td><td>Restarted</td><td>not coordinating</td><td>InEpoch to all</td></tr>
 * </table>
 *
 * <p>Invariants: {@code promised} never goes back within an epoch; {@code held} never goes back; it
 * does not grow for fenced replicas; no two nodes have different changes for one epoch, unless
 * somebody used force.
 */
public final class Membership {
  /**
   * What has to survive a crash.
   *
   * @param self this replica
   * @param first the configured set; the same at all
   * @param changes what was decided, by epoch from 1. Kept for ever: those who were away ask for it
   * @param held {origin → LSN}: what is stored here; the journal knows it too
   * @param promised takes part in no earlier attempt at the next epoch
   * @param vote what it voted for, for the next epoch
   * @param fenced takes nothing from these, and tells them nothing
   */
  public record Durable(
      ReplicaId self,
      ReplicaSet first,
      List<EpochChange> changes,
      VersionVector held,
      Ballot promised,
      @Nullable Vote vote,
      NavigableSet<ReplicaId> fenced) {
    /** Copies the collections. */
    public Durable {
      changes = List.copyOf(changes);
      fenced = Sets.of(fenced);
    }
  }

  private final Durable durable;
  private final @Nullable Proposal proposal;
  private final ReplicaSet set;

  private Membership(Durable durable, @Nullable Proposal proposal, ReplicaSet set) {
    this.durable = durable;
    this.proposal = proposal;
    this.set = set;
  }

  /** A node that knows the configured set alone, and holds nothing. */
  public static Membership first(ReplicaId self, ReplicaSet first) {
    return of(
        new Durable(self, first, List.of(), VersionVector.empty(), Ballot.NONE, null, Sets.NONE));
  }

  /** A node that joins: it knows what its sponsor knows, and holds what it got from there. */
  public static Membership joining(ReplicaId self, Membership sponsor, VersionVector held) {
    Durable known = sponsor.durable;
    return of(new Durable(self, known.first, known.changes, held, Ballot.NONE, null, Sets.NONE));
  }

  /**
   * The state that was stored. Give it {@link MembershipInput.Restarted} next.
   *
   * @throws IllegalArgumentException if the epochs have a gap
   */
  public static Membership of(Durable durable) {
    ReplicaSet set = durable.first;
    for (EpochChange change : durable.changes) {
      set = set.after(change);
    }
    return new Membership(durable, null, set);
  }

  static Membership of(Durable durable, @Nullable Proposal proposal, ReplicaSet set) {
    return new Membership(durable, proposal, set);
  }

  /**
   * One step.
   *
   * @throws IllegalArgumentException if the shell says that it stored something of a fenced
   *     replica, or of a retired one past its cut-off
   */
  public Step<Membership, MembershipEffect> step(MembershipInput input) {
    MembershipTurn turn = new MembershipTurn(this);
    turn.take(input);
    return turn.end();
  }

  /** What to store. */
  public Durable durable() {
    return durable;
  }

  @Nullable Proposal proposal() {
    return proposal;
  }

  /** Who counts now. */
  public ReplicaSet set() {
    return set;
  }

  /** Who can decide what comes next. */
  public Quorum quorum() {
    List<EpochChange> changes = durable.changes;
    Admission last = changes.isEmpty() ? null : changes.get(changes.size() - 1).admission();
    return new Quorum(set, last == null ? null : last.joiner());
  }

  /** Whom this replica tells nothing, and takes nothing from. */
  public NavigableSet<ReplicaId> fenced() {
    return durable.fenced;
  }

  /** Whether this replica coordinates a proposal at the moment. */
  public boolean isCoordinating() {
    return proposal != null;
  }

  /** The change that retired the replica; null if none did. O(changes). */
  public @Nullable EpochChange retirementOf(ReplicaId replica) {
    for (EpochChange change : durable.changes) {
      if (change.retired().contains(replica)) {
        return change;
      }
    }
    return null;
  }

  /**
   * Whether the shell may store an entry of a log: not of a fenced replica, nor past the cut-off of
   * a retired one.
   */
  public boolean mayStore(ReplicaId origin, long lsn) {
    EpochChange retirement = retirementOf(origin);
    return !durable.fenced.contains(origin)
        && (retirement == null || lsn <= retirement.cutOff(origin));
  }

  /** Whether this replica holds all that belongs to the present epoch, and so takes part. */
  public boolean hasBase() {
    List<EpochChange> changes = durable.changes;
    return changes.isEmpty() || durable.held.covers(changes.get(changes.size() - 1).base());
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof Membership other
        && durable.equals(other.durable)
        && Objects.equals(proposal, other.proposal);
  }

  @Override
  public int hashCode() {
    return Objects.hash(durable, proposal);
  }

  @Override
  public String toString() {
    return set + ", " + durable + (proposal == null ? "" : ", coordinates " + proposal);
  }
}
