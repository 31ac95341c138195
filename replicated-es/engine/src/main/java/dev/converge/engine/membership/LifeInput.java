package dev.converge.engine.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.frontier.Promise;

/** What {@link ReplicaLife} reacts to. */
public sealed interface LifeInput {
  /** The join record for this replica came, with the sponsor's snapshot, and both are stored. */
  record Joined(JoinRecord record) implements LifeInput {}

  /** An entry of the own log is committed. */
  record Wrote(long lsn) implements LifeInput {}

  /**
   * At the handshake: what a peer has of this replica's log.
   *
   * @param lsn up to where it has it
   * @param sameUpTo up to where it is the same as here (by the hashes of the entries)
   * @param promise the newest promise of this replica that the peer knows
   */
  record PeerHas(ReplicaId peer, long lsn, long sameUpTo, Promise promise) implements LifeInput {}

  /** Given back entries are stored: the own log goes up to there now. */
  record GivenBack(long lsn) implements LifeInput {}

  /** The replica learns that it is retired: {@link MembershipEffect.Retired}. */
  record Retired(long cutOff) implements LifeInput {}
}
