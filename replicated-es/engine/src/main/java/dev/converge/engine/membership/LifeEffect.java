package dev.converge.engine.membership;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;

/** What {@link ReplicaLife} asks of its shell. */
public sealed interface LifeEffect {
  /**
   * Ask any member to propose {@link Change#admit} or {@link Change#replace}; again until let in.
   */
  record AskToJoin() implements LifeEffect {}

  /**
   * Fetch what is missing of these logs, from the peer or whoever has it, and store it under the
   * same LSNs and dots; first of all the own log.
   */
  record Fetch(ReplicaId peer, VersionVector upTo) implements LifeEffect {}

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
