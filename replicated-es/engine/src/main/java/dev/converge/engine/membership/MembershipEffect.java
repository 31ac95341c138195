package dev.converge.engine.membership;

import dev.converge.crdt.clock.ReplicaId;
import java.util.NavigableSet;

/** What {@link Membership} asks of its shell. */
public sealed interface MembershipEffect {
  /** Send it; it may be lost. */
  record Send(ReplicaId to, MembershipMessage message) implements MembershipEffect {}

  /**
   * Take no more of these replicas' logs, from anybody, and confirm nothing to them, until the next
   * epoch begins. Already in force for what the state says it holds.
   */
  record Fence(NavigableSet<ReplicaId> replicas) implements MembershipEffect {}

  /** An epoch begins: hand the change to {@link MemberFrontiers#began}. Fences are lifted. */
  record Began(ReplicaSet set, EpochChange change) implements MembershipEffect {}

  /** This replica is the sponsor: write a {@link JoinRecord} into the own log, once. */
  record Sponsor(EpochChange change) implements MembershipEffect {}

  /** This replica is retired: hand it to {@link ReplicaLife}. */
  record Retired(long cutOff) implements MembershipEffect {}

  /** The open proposal came to nothing: somebody else's was decided, or is under way. */
  record GaveUp(Change change, String reason) implements MembershipEffect {}

  /** The proposal is not possible. */
  record Refused(Change change, String reason) implements MembershipEffect {}

  /**
   * Two different changes to one epoch were decided: somebody used force on both sides. Nothing
   * merges this; an operator chooses a side, and the others come back as new incarnations.
   */
  record Diverged(ReplicaId peer, EpochChange here, EpochChange there)
      implements MembershipEffect {}
}
