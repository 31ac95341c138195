package dev.converge.benchmarks;

import dev.converge.crdt.ORSet;
import dev.converge.crdt.clock.ReplicaId;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.ddata.SelfUniqueAddress;

/**
 * Observed-remove sets of both sides, with the same elements that came in the same order.
 *
 * @param theirs without a delta
 */
record FilledSets(ORSet<String> ours, org.apache.pekko.cluster.ddata.ORSet<String> theirs) {
  private static final ReplicaId SELF = ReplicaId.of("self");

  /** Sets of so many elements: random {@code UUID}s, or {@code element-17}. */
  static FilledSets of(ActorSystem system, String kind, int elements) {
    List<String> all = kind.equals("UUID") ? uuids(elements) : Peers.elements(elements);
    ORSet<String> empty = ORSet.empty();
    SelfUniqueAddress self = new SelfUniqueAddress(Cluster.get(system).selfUniqueAddress());
    org.apache.pekko.cluster.ddata.ORSet<String> theirs =
        org.apache.pekko.cluster.ddata.ORSet.create();
    for (String element : all) {
      theirs = theirs.add(self, element);
    }
    return new FilledSets(empty.merge(empty.addAll(SELF, all)), theirs.resetDelta());
  }

  private static List<String> uuids(int count) {
    Random random = new Random(17);
    return Stream.generate(() -> new UUID(random.nextLong(), random.nextLong()).toString())
        .limit(count)
        .toList();
  }
}
