package dev.converge.node.store;

import dev.converge.crdt.ORMap;
import dev.converge.crdt.Variant;
import dev.converge.crdt.binary.BinaryReader;
import dev.converge.crdt.binary.BinaryWriter;
import dev.converge.crdt.binary.DecodingException;
import dev.converge.crdt.binary.DecodingLimits;
import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotStore;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.ReplicaId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The bytes of a bucket's state or delta: the version of this form, the replicas in order, each
 * with the least sequence number there is of it, what was seen as runs, and the store as {@link
 * StoreCodec} writes it. Equal states give equal bytes. Reading takes the input as hostile:
 * anything unexpected is a {@link WireFormatException}. Thread-safe; O(bytes · log bytes).
 */
final class BucketCodec {
  private static final int FORM = 2;
  private static final int MAX_DEPTH = 32;

  /** A run that does not begin at 1 is not longer than this. */
  private static final long MAX_RUN = 10_000_000;

  private static final DecodingLimits LIMITS = DecodingLimits.DEFAULT.withMaxDepth(MAX_DEPTH);

  /** One object for each replica, as it stands in every dot. */
  private static final Map<ReplicaId, ReplicaId> REPLICAS = new ConcurrentHashMap<>();

  private static final int MAX_REPLICAS = 10_000;

  private BucketCodec() {}

  static byte[] encode(ORMap<String, Variant> bucket) {
    DotRuns seen = DotRuns.of(Buckets.context(bucket));
    TreeMap<ReplicaId, Long> least = new TreeMap<>();
    seen.forEachRun((replica, first, last) -> least.merge(replica, first, Math::min));
    StoreCodec.Table table = table(least);
    BinaryWriter out = new BinaryWriter(128);
    out.writeByte(FORM).writeVarint(least.size());
    least.forEach(
        (replica, first) ->
            out.writeString(replica.name()).writeVarint(replica.incarnation()).writeVarint(first));
    out.writeVarint(seen.runCount());
    seen.forEachRun(
        (replica, first, last) -> {
          table.write(out, replica, first);
          out.writeVarint(last - first);
        });
    StoreCodec.write(out, table, Buckets.store(bucket));
    return out.toByteArray();
  }

  private static StoreCodec.Table table(TreeMap<ReplicaId, Long> least) {
    Map<ReplicaId, Integer> index = new HashMap<>();
    for (ReplicaId replica : least.keySet()) {
      index.put(replica, index.size());
    }
    return new StoreCodec.Table(List.copyOf(least.keySet()), index, List.copyOf(least.values()));
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws WireFormatException if the bytes are anything else
   */
  static ORMap<String, Variant> decode(byte[] bytes) {
    try {
      BinaryReader in = new BinaryReader(bytes, LIMITS);
      int form = in.readByte();
      if (form != FORM) {
        throw new WireFormatException(
            "a bucket of form " + form + "; this node reads form " + FORM + ", upgrade it");
      }
      StoreCodec.Table table = readTable(in);
      CausalContext context = context(in, table);
      DotStore store = StoreCodec.read(in, table);
      in.expectEnd();
      ORMap<String, Variant> bucket = Buckets.TYPE.restore(Causal.of(store, context));
      checkTypes(bucket);
      return bucket;
    } catch (DecodingException
        | IllegalArgumentException
        | ArithmeticException
        | StoreLimitException e) {
      throw new WireFormatException("not a bucket: " + e.getMessage(), e);
    }
  }

  private static StoreCodec.Table readTable(BinaryReader in) {
    int count = in.readCount(4);
    List<ReplicaId> replicas = new ArrayList<>(count);
    List<Long> least = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      ReplicaId replica = new ReplicaId(in.readString(), in.readNatural());
      if (i > 0 && replicas.get(i - 1).compareTo(replica) >= 0) {
        throw new WireFormatException("replicas out of order at " + replica);
      }
      replicas.add(shared(replica));
      least.add(in.readNatural());
    }
    return new StoreCodec.Table(replicas, Map.of(), least);
  }

  private static ReplicaId shared(ReplicaId replica) {
    ReplicaId known = REPLICAS.get(replica);
    if (known != null || REPLICAS.size() > MAX_REPLICAS) {
      return known == null ? replica : known;
    }
    ReplicaId raced = REPLICAS.putIfAbsent(replica, replica);
    return raced == null ? replica : raced;
  }

  private static CausalContext context(BinaryReader in, StoreCodec.Table table) {
    int count = in.readCount(3);
    CausalContext context = CausalContext.empty();
    for (int i = 0; i < count; i++) {
      var first = table.read(in);
      long more = in.readNatural();
      if (first.sequence() > 1 && more > MAX_RUN) {
        throw new WireFormatException("a run of " + more + " dots from " + first);
      }
      context =
          more == 0
              ? context.with(first)
              : context.withRange(
                  first.replica(), first.sequence(), Math.addExact(first.sequence(), more));
    }
    return context;
  }

  private static void checkTypes(ORMap<String, Variant> bucket) {
    DotMap<String, DotStore> store = Buckets.store(bucket);
    for (Map.Entry<String, DotStore> key : store) {
      Key.check(key.getKey());
      StoreType.checkChosen((DotMap<?, ?>) key.getValue());
    }
  }
}
