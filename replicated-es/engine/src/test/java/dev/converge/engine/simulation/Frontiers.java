package dev.converge.engine.simulation;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.FinalFrontier;
import dev.converge.engine.frontier.Promise;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.membership.JoinRecord;
import dev.converge.engine.membership.MemberFrontiers;
import dev.converge.engine.membership.ReplicaSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The real frontiers of a node, and beside them the one that {@link
 * Mutation#FINAL_WITHOUT_MAJORITY} uses in their place.
 */
final class Frontiers {
  private final MemberFrontiers real;
  private final @Nullable FinalFrontier careless;
  private final Set<ReplicaId> known = new HashSet<>();

  Frontiers(ReplicaId self, ReplicaSet first, Mutation mutation) {
    this.real = new MemberFrontiers(self, first);
    this.careless = mutation == Mutation.FINAL_WITHOUT_MAJORITY ? new FinalFrontier() : null;
    if (careless != null) {
      first.members().forEach(member -> careless.join(member, HybridTimestamp.ZERO));
      known.addAll(first.members());
    }
  }

  void joined(JoinRecord record) {
    real.joined(record);
    if (careless != null && known.add(record.joiner())) {
      careless.join(record.joiner(), record.time());
    }
  }

  void received(ReplicaId origin, long lsn) {
    real.received(origin, lsn);
    if (careless != null) {
      careless.received(origin, lsn);
    }
  }

  void promised(ReplicaId replica, Promise promise) {
    real.promised(replica, promise);
    if (careless != null && known.contains(replica)) {
      careless.promised(replica, promise);
    }
  }

  void confirmed(ReplicaId from, long epoch, VersionVector holds) {
    real.confirmed(from, epoch, holds);
  }

  void fence(Collection<ReplicaId> replicas) {
    real.fence(replicas);
  }

  void began(ReplicaSet set, EpochChange change) {
    real.began(set, change);
    if (careless != null) {
      for (ReplicaId gone : change.retired()) {
        if (known.contains(gone)) {
          careless.retire(gone, change.cutOff(gone));
        }
      }
    }
  }

  boolean isKnown(ReplicaId replica) {
    return real.isKnown(replica);
  }

  HybridTimestamp finalTime() {
    return careless != null ? careless.time() : real.finalTime();
  }

  VersionVector stable() {
    return real.stable();
  }

  Collection<ReplicaId> heldBackBy() {
    return real.heldBackBy();
  }
}
