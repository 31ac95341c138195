package dev.converge.engine.membership;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;

/** What {@link ReplicaLife} asks of its shell. */
public sealed interface LifeEffect {
  /**
   * Ask any member to propose {@link Change#admit} or {@link Change#replace}; again until let in.
   */
  record AskToJoin() implements LifeEffect {}

  /** Fetch a part of the own log from a peer, and store it under the same LSNs and dots. */
  record FetchOwnLog(ReplicaId peer, long from, long to) implements LifeEffect {}

  /** Make the own promise at least this, durably: somebody counts on it. Nothing if it is. */
  record RaisePromise(HybridTimestamp time) implements LifeEffect {}

  /** Commands may be accepted from now on. */
  record AcceptWrites() implements LifeEffect {}

  /** Commands are refused from now on; one that is being committed is not acknowledged. */
  record StopWrites() implements LifeEffect {}

  /**
   * This incarnation is over. Make a database with a new incarnation, join with it, and bring what
   * the own log has behind {@code after} along: {@link CarryOver}.
   */
  record ComeBack(long after) implements LifeEffect {}
}
