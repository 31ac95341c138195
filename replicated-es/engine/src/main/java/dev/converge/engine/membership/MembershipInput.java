package dev.converge.engine.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;

/** What {@link Membership} reacts to. */
public sealed interface MembershipInput {
  /** An operator, or a sponsor, asks for a change. */
  record Propose(Change change) implements MembershipInput {}

  /**
   * Something more is stored here, durably: {origin → LSN}. Comes before the confirmation of it to
   * any peer. Of a fenced replica nothing more may be stored.
   */
  record Stored(VersionVector held) implements MembershipInput {}

  /** A message came. */
  record Came(ReplicaId from, MembershipMessage message) implements MembershipInput {}

  /** Time for another try: messages of an open proposal may have been lost. */
  record Retry() implements MembershipInput {}

  /** The process starts again, with the state that was durable: an open proposal is forgotten. */
  record Restarted() implements MembershipInput {}
}
