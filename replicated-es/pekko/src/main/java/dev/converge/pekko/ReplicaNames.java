package dev.converge.pekko;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * How replicas are shown to people: the first incarnation of a name as {@code node-1}, the next as
 * {@code node-1~2}. The number is the rank among the incarnations that this node has heard of.
 * Thread-safe.
 */
public final class ReplicaNames {
  private final ConcurrentSkipListSet<ReplicaId> known;

  /** Names for these replicas, and for all learned later. */
  public ReplicaNames(Collection<ReplicaId> known) {
    this.known = new ConcurrentSkipListSet<>(known);
  }

  /** Another replica exists. */
  public void learn(ReplicaId replica) {
    known.add(replica);
  }

  /** The name of {@code replica}. O(its incarnations). */
  public String display(ReplicaId replica) {
    int rank = 1 + known.subSet(new ReplicaId(replica.name(), 0), true, replica, false).size();
    return rank == 1 ? replica.name() : replica.name() + "~" + rank;
  }

  /** {@code vector} by the names of its replicas. */
  public Map<String, Long> display(VersionVector vector) {
    Map<String, Long> shown = new TreeMap<>();
    vector.entries().forEach((replica, sequence) -> shown.put(display(replica), sequence));
    return shown;
  }
}
