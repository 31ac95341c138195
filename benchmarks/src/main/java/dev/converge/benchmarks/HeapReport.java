package dev.converge.benchmarks;

import dev.converge.crdt.ORSet;
import dev.converge.crdt.binary.CausalCodec;
import dev.converge.crdt.binary.Codecs;
import dev.converge.crdt.clock.ReplicaId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.ddata.SelfUniqueAddress;
import org.apache.pekko.cluster.ddata.protobuf.ReplicatedDataSerializer;

/**
 * What an element of an observed-remove set of {@code element-N} takes of the heap, its string of
 * 56 bytes included: live bytes after a collection with the set, less those without it.
 */
final class HeapReport {
  private static final ReplicaId SELF = ReplicaId.of("self");
  private static final CausalCodec<ORSet<String>> CODEC = Codecs.orSet(Codecs.string());

  /** Bytes an element. */
  record Row(
      int elements, double oursBuilt, double theirsBuilt, double oursRead, double theirsRead) {}

  private HeapReport() {}

  static List<Row> rows(int... sizes) {
    ActorSystem system = Peers.system();
    try {
      var serializer = new ReplicatedDataSerializer((ExtendedActorSystem) system);
      var peer = new SelfUniqueAddress(Cluster.get(system).selfUniqueAddress());
      List<Row> rows = new ArrayList<>();
      row(1_000, serializer, peer); // Loads what both need.
      for (int size : sizes) {
        rows.add(row(size, serializer, peer));
      }
      return rows;
    } finally {
      system.terminate();
    }
  }

  private static Row row(int size, ReplicatedDataSerializer serializer, SelfUniqueAddress peer) {
    byte[] ourBytes = CODEC.encode(ours(size));
    org.apache.pekko.cluster.ddata.ORSet<String> theirs = theirs(size, peer);
    byte[] theirBytes = serializer.toBinary(theirs);
    String manifest = serializer.manifest(theirs);
    return new Row(
        size,
        perElement(size, () -> ours(size)),
        perElement(size, () -> theirs(size, peer)),
        perElement(size, () -> CODEC.decode(ourBytes)),
        perElement(size, () -> serializer.fromBinary(theirBytes, manifest)));
  }

  private static ORSet<String> ours(int size) {
    ORSet<String> set = ORSet.empty();
    for (int i = 0; i < size; i++) {
      set = set.merge(set.add(SELF, "element-" + i));
    }
    return set;
  }

  private static org.apache.pekko.cluster.ddata.ORSet<String> theirs(
      int size, SelfUniqueAddress peer) {
    org.apache.pekko.cluster.ddata.ORSet<String> set =
        org.apache.pekko.cluster.ddata.ORSet.create();
    for (int i = 0; i < size; i++) {
      set = set.add(peer, "element-" + i).resetDelta();
    }
    return set;
  }

  /** The median of five: what else the process allocates or lets go comes between now and then. */
  private static double perElement(int size, Supplier<Object> make) {
    double[] measured = new double[5];
    for (int i = 0; i < measured.length; i++) {
      long before = live();
      Object made = make.get();
      long after = live();
      if (made.hashCode() == 42) {
        System.out.print(""); // Keeps it alive until here.
      }
      measured[i] = (double) (after - before) / size;
    }
    Arrays.sort(measured);
    return measured[measured.length / 2];
  }

  private static long live() {
    for (int i = 0; i < 4; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
