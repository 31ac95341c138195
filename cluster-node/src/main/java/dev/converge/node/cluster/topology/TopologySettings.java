package dev.converge.node.cluster.topology;

/**
 * The machine's times, all in milliseconds.
 *
 * @param grace how long a node looks for a cluster before it founds one
 * @param rejoin how long a join may take before it is asked for again
 * @param live how long a peer counts as alive after its last answer
 * @param apart how long two clusters must have been seen apart before one gives way
 * @param quarantined the same, for a quarantine
 * @param dropped the same, for two members of one cluster of which one does not know the other;
 *     longer, for gossip may be on its way
 * @param keptOut how long a node tries to join before it tries with a new system
 * @param longestHold the most that these holds grow to, as each further merge that has not brought
 *     everybody together doubles them
 */
public record TopologySettings(
    long grace,
    long rejoin,
    long live,
    long apart,
    long quarantined,
    long dropped,
    long keptOut,
    long longestHold) {
  /** What a node uses. */
  public static final TopologySettings DEFAULT =
      new TopologySettings(3_000, 5_000, 2_500, 2_000, 1_000, 8_000, 60_000, 300_000);
}
