package dev.converge.node.store;

import dev.converge.crdt.Timestamped;
import dev.converge.crdt.binary.BinaryReader;
import dev.converge.crdt.binary.BinaryWriter;
import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotSet;
import dev.converge.crdt.causal.DotStore;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The binary form of a dot store, described by itself, everything in order:
 *
 * <pre>
 * store := 0 count dot...                  DotSet
 *        | 1 count (dot content)...        DotFun
 *        | 2 count (key store)...          DotMap
 * dot := replica sequence                  an index into the table, from the replica's least
 * content := 0 integer | 1 text | 2 time text (JSON) | 3 boolean | 4 time boolean | 5 text (JSON)
 *          | 6 row | 7 part of a text | 8 part of a list
 * key := 0 text | 1 text | 2 unscaled scale      a name, or an element: a text, a number
 * </pre>
 */
final class StoreCodec {
  private static final int SET = 0;
  private static final int FUN = 1;
  private static final int MAP = 2;
  private static final int MAX_SCALE = 1 << 20;

  /** The replicas that dots are of, in order, each with the least sequence number there is. */
  record Table(List<ReplicaId> replicas, Map<ReplicaId, Integer> index, List<Long> least) {
    void write(BinaryWriter out, ReplicaId replica, long sequence) {
      Integer i = index.get(replica);
      if (i == null) {
        throw new IllegalStateException("a dot of " + replica + " is not in the context");
      }
      out.writeVarint(i).writeVarint(sequence - least.get(i));
    }

    Dot read(BinaryReader in) {
      int i = in.readInt(replicas.size() - 1);
      return new Dot(replicas.get(i), Math.addExact(least.get(i), in.readNatural()));
    }
  }

  private StoreCodec() {}

  static void write(BinaryWriter out, Table table, DotStore store) {
    if (store instanceof DotSet) {
      out.writeByte(SET).writeVarint(store.size());
      if (store.size() == 1) {
        store.forEachDotParts((replica, sequence) -> table.write(out, replica, sequence));
      } else {
        List<Dot> dots = new ArrayList<>(store.size());
        store.forEachDot(dots::add);
        dots.sort(Comparator.naturalOrder());
        dots.forEach(dot -> table.write(out, dot.replica(), dot.sequence()));
      }
    } else if (store instanceof DotFun<?> fun) {
      out.writeByte(FUN).writeVarint(fun.size());
      if (fun.size() == 1) {
        fun.forEach((dot, content) -> writeOne(out, table, dot, content));
      } else {
        Map<Dot, Object> contents = new TreeMap<>();
        fun.forEach(contents::put);
        contents.forEach((dot, content) -> writeOne(out, table, dot, content));
      }
    } else {
      DotMap<?, ?> map = (DotMap<?, ?>) store;
      out.writeByte(MAP).writeVarint(map.keyCount());
      if (map.keyCount() == 1) {
        map.forEach((key, value) -> writeEntry(out, table, key, value));
      } else {
        Map<Object, DotStore> stores = new TreeMap<>(StoreCodec::compareKeys);
        map.forEach(stores::put);
        stores.forEach((key, value) -> writeEntry(out, table, key, value));
      }
    }
  }

  private static void writeOne(BinaryWriter out, Table table, Dot dot, Object content) {
    table.write(out, dot.replica(), dot.sequence());
    Contents.write(out, content);
  }

  private static void writeEntry(BinaryWriter out, Table table, Object key, DotStore value) {
    writeKey(out, key);
    write(out, table, value);
  }

  private static int compareKeys(Object a, Object b) {
    if (a instanceof Element x) {
      return b instanceof Element y ? x.compareTo(y) : 1;
    }
    return b instanceof String y ? ((String) a).compareTo(y) : -1;
  }

  private static void writeKey(BinaryWriter out, Object key) {
    if (key instanceof Element.Text text) {
      out.writeByte(1).writeString(text.value());
    } else if (key instanceof Element.Numeric number) {
      out.writeByte(2).writeBigInteger(number.value().unscaledValue());
      out.writeZigZag(number.value().scale());
    } else {
      out.writeByte(0).writeString((String) key);
    }
  }

  static DotStore read(BinaryReader in, Table table) {
    in.enter();
    int shape = in.readByte();
    DotStore store =
        switch (shape) {
          case SET -> readSet(in, table);
          case FUN -> readFun(in, table);
          case MAP -> readMap(in, table);
          default ->
              throw new WireFormatException("a store of shape " + shape + "; upgrade this node");
        };
    in.leave();
    return store;
  }

  private static DotStore readSet(BinaryReader in, Table table) {
    int count = in.readCount(2);
    if (count == 1) {
      return DotSet.of(table.read(in));
    }
    List<Dot> dots = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      dots.add(table.read(in));
    }
    return DotSet.of(dots);
  }

  private static DotStore readFun(BinaryReader in, Table table) {
    int count = in.readCount(3);
    if (count == 1) {
      return DotFun.of(table.read(in), Contents.read(in));
    }
    Map<Dot, Object> contents = new HashMap<>();
    for (int i = 0; i < count; i++) {
      Dot dot = table.read(in);
      if (contents.put(dot, Contents.read(in)) != null) {
        throw new WireFormatException("dot " + dot + " stands twice in a store");
      }
    }
    return DotFun.of(contents);
  }

  private static DotStore readMap(BinaryReader in, Table table) {
    int count = in.readCount(4);
    Map<Object, DotStore> stores = new HashMap<>();
    for (int i = 0; i < count; i++) {
      Object key = readKey(in);
      DotStore store = read(in, table);
      if (store.isEmpty() || stores.put(key, store) != null) {
        throw new WireFormatException("key " + key + " stands twice, or with nothing under it");
      }
    }
    return DotMap.of(stores);
  }

  private static Object readKey(BinaryReader in) {
    int kind = in.readByte();
    return switch (kind) {
      case 0 -> Contents.shared(in.readString());
      case 1 -> Element.of(in.readString());
      case 2 -> readNumber(in);
      default -> throw new WireFormatException("a key of kind " + kind + "; upgrade this node");
    };
  }

  private static Element readNumber(BinaryReader in) {
    var unscaled = in.readBigInteger();
    long scale = in.readZigZag();
    if (Math.abs(scale) > MAX_SCALE) {
      throw new WireFormatException("a number with the scale " + scale);
    }
    return Element.of(new BigDecimal(unscaled, (int) scale));
  }

  /** What stands at a dot. */
  static final class Contents {
    private Contents() {}

    static void write(BinaryWriter out, Object content) {
      if (content instanceof java.math.BigInteger integer) {
        out.writeByte(0).writeBigInteger(integer);
      } else if (content instanceof String text) {
        out.writeByte(1).writeString(text);
      } else if (content instanceof Boolean flag) {
        out.writeByte(3).writeBoolean(flag);
      } else if (content instanceof JsonValue json) {
        out.writeByte(5).writeString(json.text());
      } else if (content instanceof RightsRow row) {
        out.writeByte(6);
        row.write(out);
      } else if (content instanceof SequencePart<?> part) {
        out.writeByte(part.kind() == SequenceKind.TEXT ? 7 : 8);
        part.write(out);
      } else if (content instanceof Timestamped<?> write) {
        if (write.value() instanceof Boolean flag) {
          out.writeByte(4).writeLong(write.time().packed()).writeBoolean(flag);
        } else {
          out.writeByte(2).writeLong(write.time().packed());
          out.writeString(((JsonValue) write.value()).text());
        }
      } else {
        throw new IllegalStateException("nobody writes a " + content.getClass().getName());
      }
    }

    static Object read(BinaryReader in) {
      int kind = in.readByte();
      return switch (kind) {
        case 0 -> in.readBigInteger();
        case 1 -> shared(in.readString());
        case 2 ->
            new Timestamped<>(
                HybridTimestamp.ofPacked(in.readLong()), JsonValue.parse(in.readString()));
        case 3 -> in.readBoolean();
        case 4 -> new Timestamped<>(HybridTimestamp.ofPacked(in.readLong()), in.readBoolean());
        case 5 -> JsonValue.parse(in.readString());
        case 6 -> RightsRow.read(in);
        case 7 -> SequencePart.read(SequenceKind.TEXT, in);
        case 8 -> SequencePart.read(SequenceKind.LIST, in);
        default ->
            throw new WireFormatException("contents of kind " + kind + "; upgrade this node");
      };
    }

    /** One object for each name of a type: it stands in every value. */
    static String shared(String text) {
      if (text.equals(dev.converge.crdt.Variant.MARKS)) {
        return dev.converge.crdt.Variant.MARKS;
      }
      return StoreType.find(text).map(StoreType::name).orElse(text);
    }
  }
}
