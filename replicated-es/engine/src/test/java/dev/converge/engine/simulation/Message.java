package dev.converge.engine.simulation;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import dev.converge.engine.membership.JoinRecord;
import dev.converge.engine.membership.Membership;
import dev.converge.engine.membership.MembershipMessage;
import java.util.List;
import java.util.Map;

/** What machines say to each other. */
sealed interface Message {
  /** New rows, right after their commit. */
  record Push(List<Row> rows) implements Message {}

  /**
   * What the sender has stored and applied, in its epoch, with the promises it can vouch for:
   * digest, acknowledgement and promise in one.
   *
   * @param asks whether the sender wants to be told the same
   */
  record Tell(long epoch, VersionVector held, Map<ReplicaId, Promise> promises, boolean asks)
      implements Message {}

  /** A part of what the receiver lacks, in the order in which it was stored at the sender. */
  record Batch(List<Row> rows, boolean complete) implements Message {}

  /** The gap request of one entity. */
  record EntityAsk(int entity, VersionVector dots) implements Message {}

  /** The answer, in the total order. */
  record EntityBatch(int entity, List<Row> rows) implements Message {}

  /** About the next epoch. */
  record About(MembershipMessage message) implements Message {}

  /** "Let me in", from a new incarnation. */
  record JoinAsk() implements Message {}

  /** All that a member has, with the record that lets the joiner in. */
  record Snapshot(JoinRecord record, List<Row> rows, Membership membership) implements Message {}

  /** "Nobody will write your join record any more; come back with another incarnation." */
  record TooLate() implements Message {}
}
