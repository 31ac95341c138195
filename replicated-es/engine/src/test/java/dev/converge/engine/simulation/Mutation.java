package dev.converge.engine.simulation;

/** Faults put into the protocol on purpose; the simulation must notice each. */
enum Mutation {
  /** None: the protocol as it is. */
  NONE,
  /** A late event is applied on top instead of in its place. */
  SKIP_REFOLD,
  /** Events are delivered without a look at what they depend on. */
  SKIP_CAUSAL_CHECK,
  /** A replica hands on only its own events. */
  DROP_RELAY,
  /** Replies and sends before the write is stored. */
  REPLY_BEFORE_STORED
}
