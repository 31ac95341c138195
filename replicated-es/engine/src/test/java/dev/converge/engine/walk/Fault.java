package dev.converge.engine.walk;

/** Faults put into the protocol on purpose; the walk must notice each. */
enum Fault {
  /** None: the protocol as it is. */
  NONE,
  /** A promise does not wait for the commit under way, and the journal does not refuse it. */
  PROMISE_BEFORE_COMMIT,
  /** Who is admitted starts at once, and the others count it when they hear of the decision. */
  JOIN_WITHOUT_RECORD,
  /** One replica alone decides who is retired. */
  RETIRE_WITHOUT_MAJORITY,
  /** An empty disk goes on under the incarnation that it had. */
  DOT_REUSED,
  /** What is sent to a member counts as stored there, so it is let go of one step early. */
  RELEASE_ONE_STEP_EARLY,
  /** What this node has counts as final, whoever else has it. */
  FINAL_WITHOUT_MAJORITY,
  /** A disk that lost its end goes on without asking the others. */
  NO_GIVE_BACK,
  /** A retired replica drops what lies past its cut-off. */
  NO_CARRY_OVER,
  /** An event is applied whether its causes are there or not. */
  NO_CAUSAL_CHECK,
  /** What was sent before the handshake is taken after it. */
  OLD_SESSION_GOES_ON
}
