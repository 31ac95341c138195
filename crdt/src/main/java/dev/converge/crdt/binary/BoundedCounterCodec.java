package dev.converge.crdt.binary;

import dev.converge.crdt.BoundedCounter;
import dev.converge.crdt.GCounter;
import dev.converge.crdt.clock.ReplicaId;
import java.math.BigInteger;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/** The replicas, what each gave to whom, and what each took. */
final class BoundedCounterCodec extends CrdtCodec<BoundedCounter> {
  static final BoundedCounterCodec INSTANCE = new BoundedCounterCodec();

  private BoundedCounterCodec() {}

  @Override
  public String name() {
    return "boundedcounter";
  }

  @Override
  public void write(BinaryWriter out, BoundedCounter counter) {
    Map<ReplicaId, GCounter> given = counter.given();
    TreeSet<ReplicaId> all = new TreeSet<>(given.keySet());
    given.values().forEach(row -> all.addAll(row.counts().keySet()));
    all.addAll(counter.taken().counts().keySet());
    Replicas replicas = Replicas.of(all);
    replicas.write(out);
    out.writeVarint(given.size());
    given.forEach(
        (giver, row) -> {
          out.writeVarint(replicas.indexOf(giver));
          writeRow(out, replicas, row);
        });
    writeRow(out, replicas, counter.taken());
  }

  private static void writeRow(BinaryWriter out, Replicas replicas, GCounter row) {
    Map<ReplicaId, BigInteger> counts = row.counts();
    out.writeVarint(counts.size());
    counts.forEach(
        (replica, count) -> out.writeVarint(replicas.indexOf(replica)).writeBigInteger(count));
  }

  @Override
  public BoundedCounter read(BinaryReader in) {
    Replicas replicas = Replicas.readTable(in);
    BitSet used = new BitSet();
    Map<ReplicaId, GCounter> given = new LinkedHashMap<>();
    int givers = in.readCount(5);
    int last = -1;
    for (int i = 0; i < givers; i++) {
      last = readIndex(in, replicas, last, used);
      GCounter row = readRow(in, replicas, used);
      if (row.equals(GCounter.empty())) {
        throw in.malformed("replica " + replicas.get(last) + " gave nothing to nobody");
      }
      given.put(replicas.get(last), row);
    }
    GCounter taken = readRow(in, replicas, used);
    if (used.cardinality() < replicas.size()) {
      throw in.malformed("a replica that did nothing");
    }
    return BoundedCounter.of(given, taken);
  }

  private static GCounter readRow(BinaryReader in, Replicas replicas, BitSet used) {
    int count = in.readCount(3);
    Map<ReplicaId, BigInteger> counts = new LinkedHashMap<>();
    int last = -1;
    for (int i = 0; i < count; i++) {
      last = readIndex(in, replicas, last, used);
      counts.put(replicas.get(last), in.readBigInteger());
    }
    return GCounter.of(counts);
  }

  private static int readIndex(BinaryReader in, Replicas replicas, int after, BitSet used) {
    int index = in.readInt(Integer.MAX_VALUE);
    if (index <= after || index >= replicas.size()) {
      throw in.malformed("replica number " + index + " stands twice, out of order, or nowhere");
    }
    used.set(index);
    return index;
  }
}
