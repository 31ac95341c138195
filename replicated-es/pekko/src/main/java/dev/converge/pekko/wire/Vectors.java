package dev.converge.pekko.wire;

import dev.converge.crdt.binary.BinaryReader;
import dev.converge.crdt.binary.BinaryWriter;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Replica ids and version vectors in the binary forms of this package. */
final class Vectors {
  /** How many replicas a vector on the wire may name: far more than ever live at once. */
  static final int MAX_REPLICAS = 1_024;

  private Vectors() {}

  static void write(BinaryWriter out, ReplicaId replica) {
    out.writeString(replica.name()).writeVarint(replica.incarnation());
  }

  static ReplicaId readReplica(BinaryReader in) {
    return new ReplicaId(in.readString(), in.readNatural());
  }

  static void write(BinaryWriter out, VersionVector vector) {
    SortedMap<ReplicaId, Long> entries = vector.entries();
    out.writeVarint(entries.size());
    for (Map.Entry<ReplicaId, Long> entry : entries.entrySet()) {
      write(out, entry.getKey());
      out.writeVarint(entry.getValue());
    }
  }

  static VersionVector readVector(BinaryReader in) {
    int count = readCount(in, 4);
    Map<ReplicaId, Long> entries = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      ReplicaId replica = readReplica(in);
      if (entries.put(replica, in.readNatural()) != null) {
        throw in.malformed("a vector names " + replica + " twice");
      }
    }
    return VersionVector.of(entries);
  }

  /** How many replicas follow. */
  static int readCount(BinaryReader in, int bytesEach) {
    int count = in.readCount(bytesEach);
    if (count > MAX_REPLICAS) {
      throw in.malformed(count + " replicas are more than the " + MAX_REPLICAS + " allowed");
    }
    return count;
  }
}
