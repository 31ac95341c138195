package dev.converge.node.cluster.topology;

import java.util.Comparator;
import java.util.UUID;

/**
 * What decides which of two clusters stays when they meet: more living members, then the lower
 * lowest name, then the lower cluster id. A total order on clusters; the greater one stays.
 *
 * @param members how many members the claiming node can speak for: itself, and those that answer it
 *     and know it as it knows them. Dead members do not count, they lose nothing by a merge.
 * @param lowest the lowest name among those
 * @param clusterId the cluster's id
 */
public record ClusterRank(int members, String lowest, UUID clusterId)
    implements Comparable<ClusterRank> {
  private static final Comparator<ClusterRank> ORDER =
      Comparator.comparingInt(ClusterRank::members)
          .thenComparing(ClusterRank::lowest, Comparator.reverseOrder())
          .thenComparing(ClusterRank::clusterId, Comparator.reverseOrder());

  @Override
  public int compareTo(ClusterRank other) {
    return ORDER.compare(this, other);
  }
}
