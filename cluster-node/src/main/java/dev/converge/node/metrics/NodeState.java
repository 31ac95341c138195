package dev.converge.node.metrics;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.node.cluster.ClusterView;
import dev.converge.pekko.EntitiesStatus;
import dev.converge.pekko.membership.ReplicasStatus;
import dev.converge.pekko.peer.LinkReport;
import dev.converge.pekko.peer.PeerStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A node at one moment, from which a scrape is told.
 *
 * @param self this replica
 * @param isReady what the health check says
 * @param cluster the membership of Pekko's cluster
 * @param held {origin → LSN}: what the journal here has
 * @param entities the hosted entities
 * @param conflicts how many entities have a conflict that waits for a person
 * @param storeKeys how many keys the store shows
 * @param peers the peer links, by configured name
 * @param reports what does not mend itself between nodes
 * @param replicas the set of replicas; empty if it could not be told in time
 */
public record NodeState(
    ReplicaId self,
    boolean isReady,
    ClusterView cluster,
    VersionVector held,
    EntitiesStatus entities,
    int conflicts,
    int storeKeys,
    Map<String, PeerStatus> peers,
    List<LinkReport> reports,
    Optional<ReplicasStatus> replicas) {
  /** Copies the collections. */
  public NodeState {
    peers = Map.copyOf(peers);
    reports = List.copyOf(reports);
  }

  /** How many rows of this node's own log a peer has not confirmed. */
  long rowsBehind(PeerStatus peer) {
    return Math.max(0, held.get(self) - peer.acknowledged());
  }

  /** How many rows, of any log, a peer said it has and this node has not. */
  long rowsMissing(PeerStatus peer) {
    long missing = 0;
    for (Map.Entry<ReplicaId, Long> log : peer.held().entries().entrySet()) {
      missing += Math.max(0, log.getValue() - held.get(log.getKey()));
    }
    return missing;
  }

  /** Rows of other replicas' logs here. */
  long rowsOfOthers() {
    return held.entries().values().stream().mapToLong(Long::longValue).sum() - held.get(self);
  }
}
