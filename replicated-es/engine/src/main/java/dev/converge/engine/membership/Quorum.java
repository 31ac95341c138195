package dev.converge.engine.membership;

import dev.converge.crdt.clock.ReplicaId;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who can decide what follows an epoch: a majority of its members, or a majority of those besides
 * the one that it let in. That one may never begin, as its sponsor may be gone without a record for
 * it; if it had to be outvoted for ever, the loss of one disk more would stop a set of three.
 *
 * <p>Any two of these meet. Of the n members besides the joiner a majority of all n + 1 has at
 * least ⌊(n + 1) / 2⌋, a majority of n has ⌊n / 2⌋ + 1, together n + 1. Immutable and thread-safe.
 *
 * @param set the members
 * @param joiner who came with this epoch; null if nobody did
 */
public record Quorum(ReplicaSet set, @Nullable ReplicaId joiner) {
  /** Whether these can decide. O(members). */
  public boolean isAmong(Collection<ReplicaId> replicas) {
    if (set.isMajority(replicas)) {
      return true;
    }
    if (joiner == null || set.members().size() == 1) {
      return false;
    }
    return new ReplicaSet(set.epoch(), Sets.without(set.members(), List.of(joiner)))
        .isMajority(replicas);
  }
}
