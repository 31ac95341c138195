package dev.converge.node.store;

import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import dev.converge.crdt.Timestamped;
import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotSet;
import dev.converge.crdt.causal.DotStore;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The CBOR form of a dot store, described by itself, everything in order:
 *
 * <pre>
 * store := [0, replica, sequence, ...]                 DotSet
 *        | [1, replica, sequence, content, ...]        DotFun
 *        | [2, key, store, ...]                        DotMap
 * content := integer | text | [packed time, JSON text]
 * key := text | [text] | [unscaled, scale]             a name, or an element: a text, a number
 * </pre>
 */
final class StoreCodec {
  private static final int SET = 0;
  private static final int FUN = 1;
  private static final int MAP = 2;

  private StoreCodec() {}

  static int indexOf(Map<ReplicaId, Integer> index, ReplicaId replica) {
    Integer i = index.get(replica);
    if (i == null) {
      throw new IllegalStateException("a dot of " + replica + " is not in the context");
    }
    return i;
  }

  static void write(CBORGenerator g, Map<ReplicaId, Integer> index, DotStore store)
      throws IOException {
    if (store instanceof DotSet) {
      List<Dot> dots = dots(store);
      g.writeStartArray(null, 1 + 2 * dots.size());
      g.writeNumber(SET);
      for (Dot dot : dots) {
        writeDot(g, index, dot);
      }
    } else if (store instanceof DotFun<?> fun) {
      Map<Dot, Object> contents = new TreeMap<>();
      fun.forEach(contents::put);
      g.writeStartArray(null, 1 + 3 * contents.size());
      g.writeNumber(FUN);
      for (Map.Entry<Dot, Object> e : contents.entrySet()) {
        writeDot(g, index, e.getKey());
        writeContent(g, e.getValue());
      }
    } else {
      Map<Object, DotStore> stores = new TreeMap<>(StoreCodec::compareKeys);
      for (Map.Entry<?, ?> e : (DotMap<?, ?>) store) {
        stores.put(e.getKey(), (DotStore) e.getValue());
      }
      g.writeStartArray(null, 1 + 2 * stores.size());
      g.writeNumber(MAP);
      for (Map.Entry<Object, DotStore> e : stores.entrySet()) {
        writeKey(g, e.getKey());
        write(g, index, e.getValue());
      }
    }
    g.writeEndArray();
  }

  private static List<Dot> dots(DotStore store) {
    List<Dot> dots = new ArrayList<>(store.size());
    store.forEachDot(dots::add);
    dots.sort(Comparator.naturalOrder());
    return dots;
  }

  static void writeDots(CBORGenerator g, Map<ReplicaId, Integer> index, Collection<Dot> dots)
      throws IOException {
    g.writeStartArray(null, 2 * dots.size());
    for (Dot dot : dots) {
      writeDot(g, index, dot);
    }
    g.writeEndArray();
  }

  private static void writeDot(CBORGenerator g, Map<ReplicaId, Integer> index, Dot dot)
      throws IOException {
    g.writeNumber(indexOf(index, dot.replica()));
    g.writeNumber(dot.sequence());
  }

  private static int compareKeys(Object a, Object b) {
    if (a instanceof Element x) {
      return b instanceof Element y ? x.compareTo(y) : 1;
    }
    return b instanceof String y ? ((String) a).compareTo(y) : -1;
  }

  private static void writeKey(CBORGenerator g, Object key) throws IOException {
    if (key instanceof Element.Text text) {
      g.writeStartArray(null, 1);
      g.writeString(text.value());
      g.writeEndArray();
    } else if (key instanceof Element.Numeric number) {
      g.writeStartArray(null, 2);
      writeInteger(g, number.value().unscaledValue());
      g.writeNumber(number.value().scale());
      g.writeEndArray();
    } else {
      g.writeString((String) key);
    }
  }

  private static void writeContent(CBORGenerator g, Object content) throws IOException {
    if (content instanceof BigInteger integer) {
      writeInteger(g, integer);
    } else if (content instanceof Timestamped<?> write) {
      g.writeStartArray(null, 2);
      g.writeNumber(write.time().packed());
      g.writeString(((JsonValue) write.value()).text());
      g.writeEndArray();
    } else {
      g.writeString((String) content);
    }
  }

  private static void writeInteger(CBORGenerator g, BigInteger integer) throws IOException {
    if (integer.bitLength() < Long.SIZE) {
      g.writeNumber(integer.longValue());
    } else {
      g.writeNumber(integer);
    }
  }

  static List<Dot> readDots(WireReader in, List<ReplicaId> replicas) throws IOException {
    List<Dot> dots = new ArrayList<>();
    in.startArray("dots");
    while (in.hasNext()) {
      dots.add(dot(in, replicas));
    }
    return dots;
  }

  /** A dot that begins at the current token. */
  private static Dot dot(WireReader in, List<ReplicaId> replicas) throws IOException {
    long index = in.currentNumber("a replica");
    if (index < 0 || index >= replicas.size()) {
      throw new WireFormatException("a dot of replica number " + index + " of " + replicas.size());
    }
    return new Dot(replicas.get((int) index), in.number("a sequence number"));
  }

  static DotStore read(WireReader in, List<ReplicaId> replicas) throws IOException {
    in.startArray("a store");
    long shape = in.number("the shape of a store");
    if (shape == SET) {
      List<Dot> dots = new ArrayList<>();
      while (in.hasNext()) {
        dots.add(dot(in, replicas));
      }
      return DotSet.of(dots);
    }
    if (shape == FUN) {
      Map<Dot, Object> contents = new HashMap<>();
      while (in.hasNext()) {
        Dot dot = dot(in, replicas);
        if (contents.put(dot, content(in)) != null) {
          throw new WireFormatException("dot " + dot + " stands twice in a store");
        }
      }
      return DotFun.of(contents);
    }
    if (shape == MAP) {
      Map<Object, DotStore> stores = new HashMap<>();
      while (in.hasNext()) {
        Object key = key(in);
        DotStore store = read(in, replicas);
        if (store.isEmpty() || stores.put(key, store) != null) {
          throw new WireFormatException("key " + key + " stands twice, or with nothing under it");
        }
      }
      return DotMap.of(stores);
    }
    throw new WireFormatException("a store of shape " + shape + "; upgrade this node");
  }

  /** A key that begins at the current token. */
  private static Object key(WireReader in) throws IOException {
    if (!in.isArray()) {
      return shared(in.currentText("a key"));
    }
    in.next();
    Element element;
    if (in.isText()) {
      element = Element.of(in.currentText("a text"));
    } else {
      BigInteger unscaled = in.currentInteger("a number");
      element = Element.of(new BigDecimal(unscaled, Math.toIntExact(in.number("a scale"))));
    }
    in.endArray("an element");
    return element;
  }

  /** One object for each name of a type: it stands in every value. */
  private static String shared(String text) {
    return StoreType.find(text).map(StoreType::name).orElse(text);
  }

  private static Object content(WireReader in) throws IOException {
    in.next();
    if (in.isText()) {
      return shared(in.currentText("a mark"));
    }
    if (!in.isArray()) {
      return in.currentInteger("a contribution");
    }
    HybridTimestamp time = HybridTimestamp.ofPacked(in.number("a time"));
    JsonValue value = JsonValue.parse(in.text("JSON"));
    in.endArray("a write");
    return new Timestamped<>(time, value);
  }
}
