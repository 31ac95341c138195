package dev.converge.engine.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.membership.MembershipMessage.Accept;
import dev.converge.engine.membership.MembershipMessage.Accepted;
import dev.converge.engine.membership.MembershipMessage.Decided;
import dev.converge.engine.membership.MembershipMessage.InEpoch;
import dev.converge.engine.membership.MembershipMessage.Overtaken;
import dev.converge.engine.membership.MembershipMessage.Prepare;
import dev.converge.engine.membership.MembershipMessage.Prepared;
import dev.converge.engine.membership.MembershipMessage.Vote;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One step of {@link Membership}: takes its state apart, changes it, and puts it together. */
final class MembershipTurn {
  private final ReplicaId self;
  private final ReplicaSet first;
  private final Membership before;
  private final List<MembershipEffect> effects = new ArrayList<>();
  private List<EpochChange> changes;
  private ReplicaSet set;
  private VersionVector held;
  private Ballot promised;
  private @Nullable Vote vote;
  private NavigableSet<ReplicaId> fenced;
  private @Nullable Proposal proposal;

  MembershipTurn(Membership state) {
    Membership.Durable durable = state.durable();
    this.before = state;
    this.self = durable.self();
    this.first = durable.first();
    this.changes = durable.changes();
    this.set = state.set();
    this.held = durable.held();
    this.promised = durable.promised();
    this.vote = durable.vote();
    this.fenced = durable.fenced();
    this.proposal = state.proposal();
  }

  Step<Membership, MembershipEffect> end() {
    Membership.Durable after =
        new Membership.Durable(self, first, changes, held, promised, vote, fenced);
    return Step.of(Membership.of(after, proposal, set), effects);
  }

  void take(MembershipInput input) {
    if (input instanceof MembershipInput.Propose propose) {
      propose(propose.change());
    } else if (input instanceof MembershipInput.Stored stored) {
      stored(stored.held());
    } else if (input instanceof MembershipInput.Came came) {
      came(came.from(), came.message());
    } else if (input instanceof MembershipInput.Retry) {
      retry();
    } else if (input instanceof MembershipInput.Restarted) {
      proposal = null;
      sendAll(set.members(), new InEpoch(set.epoch()));
    }
  }

  private void stored(VersionVector more) {
    more.forEach(
        (origin, lsn) -> {
          if (lsn > held.get(origin) && !before.mayStore(origin, lsn)) {
            throw new IllegalArgumentException(
                "entry " + lsn + " of " + origin + " was stored, but its log is closed at " + held);
          }
        });
    held = held.merge(more);
  }

  private void propose(Change change) {
    String fault = fault(change);
    if (fault != null) {
      effects.add(new MembershipEffect.Refused(change, fault));
      return;
    }
    giveUp("another proposal took its place");
    promised = promised.next(self);
    proposal = Proposal.of(promised, change);
    fence(change.retired());
    sendAll(stayers(change), new Prepare(set.epoch(), promised, change.retired()));
    answered(self, new Prepared(set.epoch(), promised, held, vote));
  }

  private @Nullable String fault(Change change) {
    NavigableSet<ReplicaId> stay = stayers(change);
    Admission admission = change.admission();
    if (!set.contains(self)) {
      return self + " is no member";
    }
    if (!before.hasBase()) {
      return self + " has not got all that belongs to epoch " + set.epoch() + " yet";
    }
    if (change.retired().contains(self)) {
      return "a replica does not retire itself; ask another one";
    }
    if (!set.members().containsAll(change.retired())) {
      return "not all of " + change.retired() + " are members: " + set.members();
    }
    if (admission != null
        && (set.contains(admission.joiner()) || before.retirementOf(admission.joiner()) != null)) {
      return admission.joiner() + " is or was a member; a replica joins with a new incarnation";
    }
    if (admission != null && !stay.contains(admission.sponsor())) {
      return "the sponsor " + admission.sponsor() + " does not stay";
    }
    if (!change.force() && !before.quorum().isAmong(stay)) {
      return "those who stay, "
          + stay
          + ", are no majority of "
          + set.members()
          + "; only force can do that, and it is unsafe if one of the others lives";
    }
    return null;
  }

  private NavigableSet<ReplicaId> stayers(Change change) {
    return Sets.without(set.members(), change.retired());
  }

  private void fence(NavigableSet<ReplicaId> replicas) {
    NavigableSet<ReplicaId> more = Sets.with(fenced, replicas);
    if (!more.equals(fenced)) {
      fenced = more;
      effects.add(new MembershipEffect.Fence(more));
    }
  }

  private void came(ReplicaId from, MembershipMessage message) {
    if (message instanceof Prepare prepare) {
      if (takesPart(from, prepare.epoch()) && isInTime(from, prepare.ballot())) {
        prepared(from, prepare);
      }
    } else if (message instanceof Accept accept) {
      if (takesPart(from, accept.epoch()) && isInTime(from, accept.ballot())) {
        promised = accept.ballot();
        vote = new Vote(accept.ballot(), accept.change());
        send(from, new Accepted(set.epoch(), promised));
      }
    } else if (message instanceof Prepared prepared) {
      if (isForProposal(from, prepared.epoch(), prepared.ballot())) {
        answered(from, prepared);
      }
    } else if (message instanceof Accepted accepted) {
      if (isForProposal(from, accepted.epoch(), accepted.ballot())) {
        voted(from);
      }
    } else if (message instanceof Overtaken overtaken) {
      if (overtaken.epoch() == set.epoch() && overtaken.promised().compareTo(promised) > 0) {
        promised = overtaken.promised();
        giveUp("overtaken by " + overtaken.promised());
      }
    } else if (message instanceof Decided decided) {
      decided(from, decided.changes());
    } else if (message instanceof InEpoch there) {
      tellWhatIsDecided(from, there.epoch());
    }
  }

  /** Whether this node has a say in what comes after the epoch. */
  private boolean takesPart(ReplicaId from, long epoch) {
    if (epoch < set.epoch()) {
      tellWhatIsDecided(from, epoch);
    } else if (epoch > set.epoch()) {
      send(from, new InEpoch(set.epoch()));
    }
    return epoch == set.epoch() && set.contains(self) && set.contains(from) && before.hasBase();
  }

  private boolean isInTime(ReplicaId from, Ballot ballot) {
    if (ballot.compareTo(promised) < 0) {
      send(from, new Overtaken(set.epoch(), promised));
      return false;
    }
    return true;
  }

  private boolean isForProposal(ReplicaId from, long epoch, Ballot ballot) {
    return proposal != null
        && epoch == set.epoch()
        && ballot.equals(proposal.ballot())
        && set.contains(from);
  }

  private void prepared(ReplicaId from, Prepare prepare) {
    if (prepare.retired().contains(self)) {
      return;
    }
    if (prepare.ballot().compareTo(promised) > 0) {
      giveUp("overtaken by " + prepare.ballot());
    }
    promised = prepare.ballot();
    fence(prepare.retired());
    send(from, new Prepared(set.epoch(), promised, held, vote));
  }

  private void answered(ReplicaId from, Prepared answer) {
    if (proposal == null || proposal.value() != null) {
      return;
    }
    Proposal open = proposal.withAnswer(from, answer);
    EpochChange value = open.choice(before.quorum());
    proposal = open;
    if (value != null && promised.equals(open.ballot())) {
      proposal = open.withValue(value);
      vote = new Vote(promised, value);
      sendAll(set.members(), new Accept(set.epoch(), promised, value));
      voted(self);
    }
  }

  private void voted(ReplicaId from) {
    if (proposal == null || proposal.value() == null) {
      return;
    }
    proposal = proposal.withVote(from);
    EpochChange value = proposal.value();
    if (value != null && proposal.isDecided(before.quorum())) {
      boolean own =
          value.retired().equals(proposal.change().retired())
              && Objects.equals(value.admission(), proposal.change().admission());
      if (own) {
        proposal = null;
      }
      NavigableSet<ReplicaId> old = set.members();
      begin(value);
      sendAll(Sets.with(old, set.members()), new Decided(List.of(value)));
    }
  }

  private void decided(ReplicaId from, List<EpochChange> news) {
    for (EpochChange change : news) {
      if (change.epoch() == set.epoch() + 1) {
        begin(change);
      } else if (change.epoch() > set.epoch()) {
        send(from, new InEpoch(set.epoch()));
        return;
      } else if (!changes.get((int) change.epoch() - 1).equals(change)) {
        EpochChange here = changes.get((int) change.epoch() - 1);
        effects.add(new MembershipEffect.Diverged(from, here, change));
        return;
      }
    }
  }

  private void begin(EpochChange change) {
    giveUp("epoch " + change.epoch() + " began with another change");
    set = set.after(change);
    List<EpochChange> more = new ArrayList<>(changes);
    more.add(change);
    changes = more;
    promised = Ballot.NONE;
    vote = null;
    fenced = Sets.NONE;
    effects.add(new MembershipEffect.Began(set, change));
    Admission admission = change.admission();
    if (admission != null && admission.sponsor().equals(self)) {
      effects.add(new MembershipEffect.Sponsor(change));
    }
    if (change.retired().contains(self)) {
      effects.add(new MembershipEffect.Retired(change.cutOff(self)));
    }
  }

  private void giveUp(String reason) {
    if (proposal != null) {
      effects.add(new MembershipEffect.GaveUp(proposal.change(), reason));
      proposal = null;
    }
  }

  private void retry() {
    if (proposal == null) {
      return;
    }
    EpochChange value = proposal.value();
    if (value == null) {
      sendAll(
          Sets.without(stayers(proposal.change()), proposal.answers().keySet()),
          new Prepare(set.epoch(), proposal.ballot(), proposal.change().retired()));
    } else {
      sendAll(
          Sets.without(set.members(), proposal.votes()),
          new Accept(set.epoch(), proposal.ballot(), value));
    }
  }

  private void tellWhatIsDecided(ReplicaId to, long epoch) {
    if (epoch < set.epoch()) {
      send(to, new Decided(changes.subList((int) Math.max(0, epoch), changes.size())));
    }
  }

  private void sendAll(Collection<ReplicaId> to, MembershipMessage message) {
    to.forEach(replica -> send(replica, message));
  }

  private void send(ReplicaId to, MembershipMessage message) {
    if (!to.equals(self)) {
      effects.add(new MembershipEffect.Send(to, message));
    }
  }
}
