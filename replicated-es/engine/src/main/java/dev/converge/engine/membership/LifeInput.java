package dev.converge.engine.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;

/** What {@link ReplicaLife} reacts to. */
public sealed interface LifeInput {
  /** The join record for this replica came, with the sponsor's snapshot, and both are stored. */
  record Joined(JoinRecord record) implements LifeInput {}

  /** Something more is stored: {origin → LSN}; own entries too. */
  record Stored(VersionVector held) implements LifeInput {}

  /**
   * At the handshake: what a peer has. It ends the session before: entries that were sent in that
   * one are no longer taken.
   *
   * @param lsn up to where it has this replica's log
   * @param sameUpTo up to where that is the same as here (by the hashes of the entries)
   * @param holds {origin → LSN}: what it has. All that anybody counts on, some member has
   * @param promise the newest promise of this replica that it knows
   */
  record PeerHas(ReplicaId peer, long lsn, long sameUpTo, VersionVector holds, Promise promise)
      implements LifeInput {}

  /** The replica learns that it is retired: {@link MembershipEffect.Retired}. */
  record Retired(long cutOff) implements LifeInput {}
}
