package dev.converge.node.store;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import dev.converge.crdt.ORMap;
import dev.converge.crdt.Variant;
import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotStore;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The bytes of a bucket's state or delta: one CBOR array
 *
 * <pre>
 * [1, [name, incarnation, ...], [replica, sequence, ...], [replica, sequence, ...], store]
 * </pre>
 *
 * of the version of this form, the replicas in order, the context's vector and cloud with replicas
 * as indices, and the store as {@link StoreCodec} writes it. Equal states give equal bytes: the
 * Replicator compares their digests. Reading takes the input as hostile: anything unexpected is a
 * {@link WireFormatException}. Thread-safe; O(bytes · log bytes).
 */
final class BucketCodec {
  private static final int FORM = 1;
  private static final int MAX_DEPTH = 32;

  static final CBORFactory FACTORY =
      CBORFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(4_000)
                  .build())
          .build();

  private BucketCodec() {}

  static byte[] encode(ORMap<String, Variant> bucket) {
    Causal<DotMap<String, DotStore>> causal = bucket.causal();
    TreeSet<ReplicaId> replicas = new TreeSet<>();
    causal.context().vector().forEach((replica, sequence) -> replicas.add(replica));
    for (Dot dot : causal.context().cloud()) {
      replicas.add(dot.replica());
    }
    Map<ReplicaId, Integer> index = index(replicas);
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    try (CBORGenerator g = FACTORY.createGenerator(out)) {
      g.writeStartArray(null, 5);
      g.writeNumber(FORM);
      g.writeStartArray(null, replicas.size() * 2);
      for (ReplicaId replica : replicas) {
        g.writeString(replica.name());
        g.writeNumber(replica.incarnation());
      }
      g.writeEndArray();
      Map<ReplicaId, Long> vector = causal.context().vector().entries();
      g.writeStartArray(null, vector.size() * 2);
      for (Map.Entry<ReplicaId, Long> e : vector.entrySet()) {
        g.writeNumber(StoreCodec.indexOf(index, e.getKey()));
        g.writeNumber(e.getValue());
      }
      g.writeEndArray();
      StoreCodec.writeDots(g, index, causal.context().cloud());
      StoreCodec.write(g, index, causal.store());
      g.writeEndArray();
    } catch (IOException e) {
      throw new WireFormatException("a bucket that cannot be encoded: " + e.getMessage(), e);
    }
    return out.toByteArray();
  }

  /** How many bytes {@code store} takes in a bucket, the table of replicas left out. O(size). */
  static int sizeOf(DotStore store) {
    TreeSet<ReplicaId> replicas = new TreeSet<>();
    store.forEachDot(dot -> replicas.add(dot.replica()));
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    try (CBORGenerator g = FACTORY.createGenerator(out)) {
      StoreCodec.write(g, index(replicas), store);
    } catch (IOException e) {
      throw new WireFormatException("a value that cannot be encoded: " + e.getMessage(), e);
    }
    return out.size();
  }

  private static Map<ReplicaId, Integer> index(TreeSet<ReplicaId> replicas) {
    Map<ReplicaId, Integer> index = new HashMap<>();
    for (ReplicaId replica : replicas) {
      index.put(replica, index.size());
    }
    return index;
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws WireFormatException if the bytes are anything else
   */
  static ORMap<String, Variant> decode(byte[] bytes) {
    try (CBORParser p = FACTORY.createParser(bytes)) {
      WireReader in = new WireReader(p);
      in.startArray("a bucket");
      long form = in.number("the version of the form");
      if (form != FORM) {
        throw new WireFormatException(
            "a bucket of form " + form + "; this node reads form " + FORM + ", upgrade it");
      }
      List<ReplicaId> replicas = replicas(in);
      Map<ReplicaId, Long> vector = new TreeMap<>();
      for (Dot dot : StoreCodec.readDots(in, replicas)) {
        if (vector.put(dot.replica(), dot.sequence()) != null) {
          throw new WireFormatException("a context names " + dot.replica() + " twice");
        }
      }
      CausalContext context =
          CausalContext.of(VersionVector.of(vector), StoreCodec.readDots(in, replicas));
      DotStore store = StoreCodec.read(in, replicas);
      in.endArray("a bucket");
      in.end();
      ORMap<String, Variant> bucket = Buckets.TYPE.restore(Causal.of(store, context));
      checkTypes(bucket);
      return bucket;
    } catch (IOException | IllegalArgumentException | ArithmeticException | StoreLimitException e) {
      throw new WireFormatException("not a bucket: " + e.getMessage(), e);
    }
  }

  private static List<ReplicaId> replicas(WireReader in) throws IOException {
    List<ReplicaId> replicas = new ArrayList<>();
    in.startArray("replicas");
    while (in.hasNext()) {
      ReplicaId replica = new ReplicaId(in.currentText("a name"), in.number("an incarnation"));
      if (!replicas.isEmpty() && replicas.get(replicas.size() - 1).compareTo(replica) >= 0) {
        throw new WireFormatException("replicas out of order at " + replica);
      }
      replicas.add(replica);
    }
    return replicas;
  }

  /**
   * Values of types that this node does not know pass: a newer node made them, and they only travel
   * through.
   */
  private static void checkTypes(ORMap<String, Variant> bucket) {
    for (Map.Entry<String, DotStore> key : bucket.causal().store()) {
      Key.check(key.getKey());
      for (Map.Entry<?, ?> value : (DotMap<?, ?>) key.getValue()) {
        Optional<StoreType<?>> type = StoreType.find((String) value.getKey());
        if (type.isPresent()) {
          type.get().check((DotStore) value.getValue());
        }
      }
    }
  }
}
