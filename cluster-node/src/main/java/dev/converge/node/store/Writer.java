package dev.converge.node.store;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.NodeClock;

/**
 * Who writes on this node, and when. Thread-safe.
 *
 * @param replica the node's name
 * @param clock the node's clock
 * @param life all dots of this life of the node's memory are above this number, all of earlier
 *     lives below; 0 if there was no earlier one
 */
public record Writer(ReplicaId replica, NodeClock clock, long life) {
  /** A writer in its first life. */
  public Writer(ReplicaId replica, NodeClock clock) {
    this(replica, clock, 0);
  }

  /** In whose name elements of sequences are made: that of the node in this life. */
  ReplicaId elements() {
    return life == 0 ? replica : new ReplicaId(replica.name(), life);
  }

  /** A time later than every one given or observed on this node. */
  public HybridTimestamp now() {
    return clock.now();
  }

  /** A time later than {@code seen} too: a write at it shows over one made at {@code seen}. */
  public HybridTimestamp nowAfter(HybridTimestamp seen) {
    clock.observe(seen);
    return clock.now();
  }
}
