package dev.converge.engine.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A coordinator's open attempt. Not durable: whoever finds votes for it after a crash finishes it.
 *
 * @param change what is asked for
 * @param answers who promised what, so far
 * @param value what to vote for, once enough have promised
 * @param votes who voted for it, so far
 */
record Proposal(
    Ballot ballot,
    Change change,
    NavigableMap<ReplicaId, MembershipMessage.Prepared> answers,
    @Nullable EpochChange value,
    NavigableSet<ReplicaId> votes) {

  static Proposal of(Ballot ballot, Change change) {
    return new Proposal(
        ballot, change, Collections.unmodifiableNavigableMap(new TreeMap<>()), null, Sets.NONE);
  }

  Proposal withAnswer(ReplicaId from, MembershipMessage.Prepared answer) {
    TreeMap<ReplicaId, MembershipMessage.Prepared> more = new TreeMap<>(answers);
    more.putIfAbsent(from, answer);
    return new Proposal(ballot, change, Collections.unmodifiableNavigableMap(more), value, votes);
  }

  Proposal withValue(EpochChange chosen) {
    return new Proposal(ballot, change, answers, chosen, votes);
  }

  Proposal withVote(ReplicaId from) {
    return new Proposal(ballot, change, answers, value, Sets.with(votes, List.of(from)));
  }

  /** What to vote for, if enough have answered; null if not. */
  @Nullable EpochChange choice(Quorum quorum) {
    ReplicaSet set = quorum.set();
    boolean allWhoStay =
        answers.keySet().containsAll(Sets.without(set.members(), change.retired()));
    boolean enough = change.force() ? allWhoStay : quorum.isAmong(answers.keySet());
    MembershipMessage.Vote latest = null;
    VersionVector base = VersionVector.empty();
    for (MembershipMessage.Prepared answer : answers.values()) {
      MembershipMessage.Vote vote = answer.vote();
      if (vote != null && (latest == null || vote.ballot().compareTo(latest.ballot()) > 0)) {
        latest = vote;
      }
      base = base.merge(answer.held());
    }
    if (enough && latest != null) {
      // It may have been decided already.
      return latest.change();
    }
    return enough && (allWhoStay || change.retired().isEmpty())
        ? new EpochChange(set.epoch() + 1, change.admission(), change.retired(), base)
        : null;
  }

  /** Whether it is decided. */
  boolean isDecided(Quorum quorum) {
    return change.force()
        ? votes.containsAll(Sets.without(quorum.set().members(), change.retired()))
        : quorum.isAmong(votes);
  }
}
