package dev.converge.pekko.membership;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import dev.converge.engine.membership.ReplicaSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What people see, and how they name replicas. */
final class Operators {
  private final Shell shell;
  private final Peers peers;
  private final Confirmations confirmations;

  Operators(Shell shell, Peers peers, Confirmations confirmations) {
    this.shell = shell;
    this.peers = peers;
    this.confirmations = confirmations;
  }

  /**
   * The members that somebody names.
   *
   * @throws MembershipException if one of them is none
   */
  static Collection<ReplicaId> resolve(Collection<String> names, ReplicaSet set) {
    TreeSet<ReplicaId> found = new TreeSet<>();
    for (String name : names) {
      ReplicaId member = null;
      for (ReplicaId candidate : set.members()) {
        if (candidate.toString().equals(name) || candidate.name().equals(name)) {
          member = candidate;
        }
      }
      if (member == null) {
        throw new MembershipException(
            "no member is called '" + name + "'; the members are " + set.members());
      }
      found.add(member);
    }
    if (found.isEmpty()) {
      throw new MembershipException("name at least one of the members " + set.members());
    }
    return found;
  }

  ReplicasStatus status(
      @Nullable Member member, Greeting.State state, @Nullable String refusal, List<String> notes) {
    if (member == null) {
      return new ReplicasStatus(
          shell.self(),
          -1,
          state.name().toLowerCase(Locale.ROOT),
          refusal,
          List.of(),
          HybridTimestamp.ZERO,
          0,
          List.of(),
          List.of(),
          List.of(),
          notes);
    }
    List<String> all = new ArrayList<>(notes);
    all.addAll(member.notes());
    String refused = member.proposals().lastRefusal();
    if (!refused.isEmpty()) {
      all.add("lately refused: " + refused);
    }
    for (ReplicaId replica : member.set().members()) {
      Formation.Peer met = peers.met(replica.name());
      if (met != null
          && met.id().equals(replica)
          && met.greeting().state() == Greeting.State.FORMED
          && !peers.isOfSameSet(replica)) {
        all.add(replica + " belongs to another set of replicas, that of " + met.greeting().first());
      }
    }
    HybridTimestamp finalTime = member.frontier().finalTime();
    boolean isFinal = member.latest().compareTo(finalTime) <= 0;
    return new ReplicasStatus(
        shell.self(),
        member.set().epoch(),
        member.lifetime().phase().name().toLowerCase(Locale.ROOT),
        refusal,
        members(member),
        finalTime,
        isFinal ? 0 : Math.max(0, shell.clock.now().millis() - finalTime.millis()),
        isFinal ? List.of() : member.frontiers().heldBackBy(),
        List.copyOf(member.epochs().membership().fenced()),
        member.proposals().open(),
        all);
  }

  private List<ReplicasStatus.Member> members(Member member) {
    Map<ReplicaId, VersionVector> rows = new TreeMap<>();
    VersionVector known = VersionVector.empty();
    for (ReplicaId replica : member.set().members()) {
      VersionVector held =
          replica.equals(shell.self()) ? shell.log.held() : confirmations.heldBy(replica);
      rows.put(replica, held);
      known = known.merge(held);
    }
    long now = shell.clock.now().millis();
    Map<ReplicaId, Promise> promises = member.newestPromises();
    List<ReplicasStatus.Member> members = new ArrayList<>();
    for (Map.Entry<ReplicaId, VersionVector> row : rows.entrySet()) {
      ReplicaId replica = row.getKey();
      Map<ReplicaId, Long> lag = new TreeMap<>();
      known.forEach(
          (origin, lsn) -> {
            long missing = lsn - row.getValue().get(origin);
            if (missing > 0) {
              lag.put(origin, missing);
            }
          });
      boolean isSelf = replica.equals(shell.self());
      Promise promise = isSelf ? shell.log.promise() : promises.get(replica);
      members.add(
          new ReplicasStatus.Member(
              replica,
              isSelf || peers.isAlive(replica),
              lag,
              promise == null ? -1 : Math.max(0, now - promise.time().millis())));
    }
    return members;
  }
}
