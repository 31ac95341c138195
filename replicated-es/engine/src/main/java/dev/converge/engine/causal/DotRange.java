package dev.converge.engine.causal;

import dev.converge.crdt.clock.ReplicaId;

/**
 * Consecutive dots of one replica.
 *
 * @param replica the writer
 * @param first the first sequence number, from 1
 * @param last the last sequence number, inclusive
 */
public record DotRange(ReplicaId replica, long first, long last) {
  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException if the range is empty or starts below 1
   */
  public DotRange {
    if (first < 1 || last < first) {
      throw new IllegalArgumentException("not a range of dots: " + first + " to " + last);
    }
  }

  /** {@code node-1:3..7}. */
  @Override
  public String toString() {
    return replica + ":" + first + ".." + last;
  }
}
