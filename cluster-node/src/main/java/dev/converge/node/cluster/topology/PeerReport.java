package dev.converge.node.cluster.topology;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a node tells its peers about itself, over a channel that does not depend on the cluster.
 * Immutable.
 *
 * @param name the node's configured name
 * @param phase where it is
 * @param clusterId the id of its cluster; null unless {@link Phase.Name#IN}
 * @param uid the id of its present cluster system
 * @param seats the members it knows
 * @param claim what stands against other clusters; null unless {@link Phase.Name#IN}. Both sides of
 *     a meeting compare the same two claims, each as its owner makes it, so they agree on who gives
 *     way.
 * @param quarantinedBy ids of the systems that told it they have quarantined it
 */
public record PeerReport(
    String name,
    Phase.Name phase,
    @Nullable UUID clusterId,
    long uid,
    List<Membership.Seat> seats,
    @Nullable ClusterRank claim,
    Set<Long> quarantinedBy) {
  /**
   * Copies the collections.
   *
   * @throws IllegalArgumentException if a node that is in has no cluster id or claim
   */
  public PeerReport {
    seats = List.copyOf(seats);
    quarantinedBy = Set.copyOf(quarantinedBy);
    if (phase == Phase.Name.IN && (clusterId == null || claim == null)) {
      throw new IllegalArgumentException(name + " says it is in a cluster, but not in which");
    }
  }

  boolean isIn() {
    return phase == Phase.Name.IN;
  }
}
