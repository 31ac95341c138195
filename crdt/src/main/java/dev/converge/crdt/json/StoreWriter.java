package dev.converge.crdt.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SerializerProvider;
import dev.converge.crdt.ORMap;
import dev.converge.crdt.Timestamped;
import dev.converge.crdt.Variant;
import dev.converge.crdt.binary.Bytes;
import dev.converge.crdt.causal.CausalCrdt;
import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotStore;
import dev.converge.crdt.clock.Dot;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** Writes a store as the one field that it is; entries in the order of their first dots. */
final class StoreWriter {
  private final JsonGenerator out;
  private final SerializerProvider provider;

  StoreWriter(JsonGenerator out, SerializerProvider provider) {
    this.out = out;
    this.provider = provider;
  }

  void write(CausalCrdt<?> value) throws IOException {
    if (value instanceof ORMap<?, ?> map) {
      writeMap(map);
    } else {
      writeStore(value.causal().store(), value instanceof Variant);
    }
  }

  /** The values of a map know their types, which tells what stands in them. */
  private <K> void writeMap(ORMap<K, ?> map) throws IOException {
    out.writeArrayFieldStart(JsonShape.ENTRIES_FIELD);
    for (Map.Entry<K, ? extends DotStore> e : inOrder(map.causal().store())) {
      out.writeStartObject();
      out.writeFieldName("key");
      provider.defaultSerializeValue(e.getKey(), out);
      write((CausalCrdt<?>) map.get(e.getKey()).orElseThrow());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private void writeStore(DotStore store, boolean typed) throws IOException {
    if (store instanceof DotMap<?, ?> map) {
      out.writeArrayFieldStart(JsonShape.ENTRIES_FIELD);
      for (Map.Entry<?, ? extends DotStore> e : inOrder(map)) {
        out.writeStartObject();
        out.writeFieldName("key");
        writeValue(e.getKey(), typed);
        writeStore(e.getValue(), typed);
        out.writeEndObject();
      }
    } else if (store instanceof DotFun<?> fun) {
      out.writeArrayFieldStart(JsonShape.WRITES_FIELD);
      Map<Dot, Object> writes = new TreeMap<>();
      fun.forEach(writes::put);
      for (Map.Entry<Dot, Object> e : writes.entrySet()) {
        writeWrite(e.getKey(), e.getValue(), typed);
      }
    } else {
      out.writeArrayFieldStart(JsonShape.DOTS_FIELD);
      TreeSet<Dot> dots = new TreeSet<>();
      store.forEachDot(dots::add);
      for (Dot dot : dots) {
        out.writeString(dot.toString());
      }
    }
    out.writeEndArray();
  }

  private void writeWrite(Dot dot, Object content, boolean typed) throws IOException {
    out.writeStartObject();
    out.writeStringField("dot", dot.toString());
    if (content instanceof Timestamped<?> timestamped) {
      out.writeStringField("time", timestamped.time().toString());
    }
    out.writeFieldName("value");
    writeValue(content instanceof Timestamped<?> t ? t.value() : content, typed);
    out.writeEndObject();
  }

  private void writeValue(Object value, boolean typed) throws IOException {
    if (typed) {
      writeTyped(value);
    } else if (value instanceof BigInteger number) {
      writeWhole(out, number);
    } else {
      provider.defaultSerializeValue(value, out);
    }
  }

  static void writeWhole(JsonGenerator out, BigInteger number) throws IOException {
    if (number.abs().compareTo(JsonValue.MAX_SAFE) <= 0) {
      out.writeNumber(number.longValueExact());
    } else {
      out.writeString(number.toString());
    }
  }

  private void writeTyped(Object value) throws IOException {
    if (value instanceof String text) {
      out.writeString(text);
      return;
    }
    if (value instanceof Boolean truth) {
      out.writeBoolean(truth);
      return;
    }
    out.writeStartObject();
    out.writeStringField(typeOf(value), value.toString());
    out.writeEndObject();
  }

  private static String typeOf(Object value) {
    if (value instanceof BigInteger) {
      return "integer";
    } else if (value instanceof Long) {
      return "long";
    } else if (value instanceof Integer) {
      return "int";
    } else if (value instanceof Double) {
      return "double";
    } else if (value instanceof UUID) {
      return "uuid";
    } else if (value instanceof Bytes) {
      return "bytes";
    }
    throw new IllegalArgumentException(
        "a value of " + value.getClass() + " in a variant has no JSON form");
  }

  private record First<E>(Dot dot, E entry) {}

  private static <K, S extends DotStore> List<Map.Entry<K, S>> inOrder(DotMap<K, S> map) {
    List<First<Map.Entry<K, S>>> firsts = new ArrayList<>(map.keyCount());
    for (Map.Entry<K, S> e : map) {
      Dot[] first = {null};
      e.getValue()
          .forEachDot(
              dot -> first[0] = first[0] == null || dot.compareTo(first[0]) < 0 ? dot : first[0]);
      firsts.add(new First<>(first[0], e));
    }
    firsts.sort((a, b) -> a.dot().compareTo(b.dot()));
    List<Map.Entry<K, S>> entries = new ArrayList<>(firsts.size());
    firsts.forEach(first -> entries.add(first.entry()));
    return entries;
  }
}
