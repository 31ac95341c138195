package dev.converge.engine.simulation;

import dev.converge.engine.membership.MembershipMessage;
import java.util.Map;

/** What a run had in it. A simulation that never retires a replica proves nothing about it. */
enum Coverage {
  EVENTS,
  ACKNOWLEDGED,
  DUPLICATE_REQUESTS,
  STALE_CONTEXTS,
  CONTEXTS_WITH_HOLES,
  DECISIONS_BY_PEOPLE,
  CONFLICTS,
  LATE_EVENTS,
  FINAL_EVENTS,
  RELEASED_EVENTS,
  TAILS_READ_AGAIN,
  STARTS_FROM_CHECKPOINT,
  CHECKPOINTS_TOO_NEW,
  BATCHES_FROM_JOURNAL,
  CAUSAL_WAITS,
  CAUSAL_BUFFER_FULL,
  ROWS_AHEAD,
  CRASHES,
  CRASHES_IN_A_COMMIT,
  WRITE_REFUSED_BY_PROMISE,
  LOST_DISKS,
  MACHINES_GONE,
  CLOCK_JUMPS_FORWARD,
  CLOCK_JUMPS_BACK,
  PARTITIONS,
  ONE_WAY_PARTITIONS,
  CUT_LINKS,
  RETIREMENTS,
  FORCED_RETIREMENTS,
  RETIRED_ALIVE,
  CARRIED_OVER,
  JOINS,
  REPLACEMENTS,
  JOINS_TOO_LATE,
  EPOCHS,
  OVERTAKEN_PROPOSALS,
  MESSAGES,
  MESSAGES_LOST,
  MESSAGES_DOUBLED,
  FOR_ANOTHER_INCARNATION,
  PUSH,
  TELL,
  BATCH,
  ENTITY_ASK,
  ENTITY_BATCH,
  PREPARE,
  PREPARED,
  ACCEPT,
  ACCEPTED,
  OVERTAKEN,
  DECIDED,
  IN_EPOCH,
  JOIN_ASK,
  SNAPSHOT,
  TOO_LATE;

  private static final Map<Class<?>, Coverage> MESSAGES_BY_CLASS =
      Map.ofEntries(
          Map.entry(Message.Push.class, PUSH),
          Map.entry(Message.Tell.class, TELL),
          Map.entry(Message.Batch.class, BATCH),
          Map.entry(Message.EntityAsk.class, ENTITY_ASK),
          Map.entry(Message.EntityBatch.class, ENTITY_BATCH),
          Map.entry(MembershipMessage.Prepare.class, PREPARE),
          Map.entry(MembershipMessage.Prepared.class, PREPARED),
          Map.entry(MembershipMessage.Accept.class, ACCEPT),
          Map.entry(MembershipMessage.Accepted.class, ACCEPTED),
          Map.entry(MembershipMessage.Overtaken.class, OVERTAKEN),
          Map.entry(MembershipMessage.Decided.class, DECIDED),
          Map.entry(MembershipMessage.InEpoch.class, IN_EPOCH),
          Map.entry(Message.JoinAsk.class, JOIN_ASK),
          Map.entry(Message.Snapshot.class, SNAPSHOT),
          Map.entry(Message.TooLate.class, TOO_LATE));

  /** The kind of a message. */
  static Coverage of(Message message) {
    Object body = message instanceof Message.About about ? about.message() : message;
    Coverage kind = MESSAGES_BY_CLASS.get(body.getClass());
    if (kind == null) {
      throw new AssertionError("a message without a counter: " + message);
    }
    return kind;
  }
}
