package dev.converge.node.store;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.NodeClock;

/**
 * Who writes on this node, and when. Thread-safe.
 *
 * @param replica the node's name and the incarnation of its memory
 * @param clock the node's clock
 */
public record Writer(ReplicaId replica, NodeClock clock) {
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
