package dev.converge.node.store;

import java.time.Duration;

/**
 * How many nodes take part in an operation, this one included, and how long to wait for them.
 *
 * <p>Levels count against the <em>configured</em> number of nodes, or the members of the cluster if
 * these are more: a node that is dead or cut off counts as one that did not answer. {@code
 * majority} means that a majority has the write (committed, where the store is durable), or has
 * given what it has for the read; so a majority read sees every majority write that completed
 * before it began, as long as fewer than a majority of processes have died in between. It is not
 * linearizability: concurrent operations have no order, and a write that failed to reach its quorum
 * stands and spreads.
 *
 * @param level how many nodes
 * @param timeout how long to wait for them; has no meaning for {@link Level#LOCAL}
 */
public record Consistency(Level level, Duration timeout) {
  /** How many nodes take part. */
  public enum Level {
    /** This node alone. */
    LOCAL,
    /** More than half of the nodes. */
    MAJORITY,
    /** Every node. */
    ALL
  }

  /** This node alone; never waits. */
  public static final Consistency LOCAL = new Consistency(Level.LOCAL, Duration.ZERO);

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if a level that waits has no time to
   */
  public Consistency {
    if (level != Level.LOCAL && (timeout.isNegative() || timeout.isZero())) {
      throw new IllegalArgumentException("a level that waits needs a time above 0, not " + timeout);
    }
  }

  /** More than half of the nodes, within {@code timeout}. */
  public static Consistency majority(Duration timeout) {
    return new Consistency(Level.MAJORITY, timeout);
  }

  /** Every node, within {@code timeout}. */
  public static Consistency all(Duration timeout) {
    return new Consistency(Level.ALL, timeout);
  }

  /** How many of {@code nodes} nodes must take part. */
  int required(int nodes) {
    if (level == Level.LOCAL) {
      return 1;
    }
    return level == Level.ALL ? nodes : nodes / 2 + 1;
  }
}
