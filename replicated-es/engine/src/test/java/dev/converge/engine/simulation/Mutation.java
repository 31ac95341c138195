package dev.converge.engine.simulation;

/** Faults put into the protocol on purpose; the simulation must notice each. */
enum Mutation {
  /** None: the protocol as it is. */
  NONE,
  /** Events are delivered without a look at what they depend on. */
  SKIP_CAUSAL_CHECK,
  /** A late event is applied on top instead of in its place. */
  SKIP_REFOLD,
  /** What was sent to a member counts as stored there, so it is let go of one step early. */
  RELEASE_ONE_STEP_EARLY,
  /** The journal commits a write that was queued when the promise was given, and older. */
  PROMISE_BEFORE_COMMIT,
  /** Who is admitted starts at once, and the others count it when they hear of the decision. */
  JOIN_WITHOUT_RECORD,
  /** One replica alone decides who is retired. */
  RETIRE_WITHOUT_MAJORITY,
  /** An empty disk goes on under the incarnation that it had. */
  DOT_REUSED,
  /** Requests lose their name on the way into the log. */
  ORIGIN_ID_IGNORED,
  /** A replica hands on only its own log. */
  DROP_RELAY,
  /** Replies and sends before the write is stored. */
  REPLY_BEFORE_STORED,
  /** What an event is ignorant of, and has left memory, is not read again. */
  TAIL_NOT_READ_AGAIN,
  /** A retired replica drops what lies past its cut-off. */
  NO_CARRY_OVER,
  /** A replica that should take nothing more of a log takes it. */
  FENCE_IGNORED,
  /** What this node has counts as final, whoever else has it. */
  FINAL_WITHOUT_MAJORITY
}
