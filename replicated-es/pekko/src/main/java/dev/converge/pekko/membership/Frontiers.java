package dev.converge.pekko.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import dev.converge.engine.frontier.StableFrontier;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.membership.JoinRecord;
import dev.converge.engine.membership.MemberFrontiers;
import dev.converge.engine.membership.Membership;
import dev.converge.engine.membership.ReplicaSet;
import dev.converge.pekko.replication.ReplicaState.Frontier;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is final, stable, and below all floors. Made anew at a start, from what is stored; then told
 * what happens. Single-threaded.
 */
final class Frontiers {
  private static final Logger LOG = LoggerFactory.getLogger(Frontiers.class);

  private final MemberFrontiers members;
  private final StableFrontier floors = new StableFrontier();
  private final Map<ReplicaId, Long> cutOffs = new HashMap<>();

  /** As it stands with what is stored here. */
  Frontiers(Membership membership, Marks marks, VersionVector held, Promise own) {
    Membership.Durable durable = membership.durable();
    this.members = new MemberFrontiers(durable.self(), durable.first());
    durable.first().members().forEach(member -> floors.join(member, VersionVector.empty()));
    ReplicaSet set = durable.first();
    for (EpochChange change : durable.changes()) {
      set = set.after(change);
      members.began(set, change);
      change.retired().forEach(replica -> cutOffs.put(replica, change.cutOff(replica)));
    }
    marks.joins().forEach(this::joined);
    marks.floors().forEach(floors::confirmed);
    received(held);
    promised(durable.self(), own);
    members.fence(membership.fenced());
  }

  void joined(JoinRecord record) {
    try {
      members.joined(record);
      floors.join(record.joiner(), record.holds());
    } catch (IllegalArgumentException e) {
      LOG.error("{} joined too late, what is final may change: {}", record.joiner(), e.toString());
    }
  }

  void floor(ReplicaId origin, VersionVector seen) {
    floors.confirmed(origin, seen);
  }

  void received(VersionVector held) {
    held.forEach(
        (origin, lsn) -> {
          if (members.isKnown(origin)) {
            members.received(origin, lsn);
          }
        });
    cutOffs.forEach(
        (replica, cutOff) -> {
          if (held.get(replica) >= cutOff) {
            floors.retire(replica);
          }
        });
  }

  void promised(ReplicaId replica, Promise promise) {
    try {
      members.promised(replica, promise);
    } catch (IllegalArgumentException e) {
      LOG.error("{}: {}; it does not count", replica, e.getMessage());
    }
  }

  void confirmed(ReplicaId from, long epoch, VersionVector held) {
    members.confirmed(from, epoch, held);
  }

  void fence(Collection<ReplicaId> replicas) {
    members.fence(replicas);
  }

  void began(ReplicaSet set, EpochChange change, VersionVector held) {
    members.began(set, change);
    change.retired().forEach(replica -> cutOffs.put(replica, change.cutOff(replica)));
    received(held);
  }

  boolean isKnown(ReplicaId replica) {
    return members.isKnown(replica);
  }

  VersionVector safe() {
    return members.safe();
  }

  List<ReplicaId> heldBackBy() {
    return members.heldBackBy();
  }

  Frontier now() {
    return new Frontier(members.finalTime(), members.stable(), floors.vector());
  }
}
