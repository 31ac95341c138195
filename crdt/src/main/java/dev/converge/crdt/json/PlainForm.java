package dev.converge.crdt.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import dev.converge.crdt.BoundedCounter;
import dev.converge.crdt.GCounter;
import dev.converge.crdt.GSet;
import dev.converge.crdt.LWWRegister;
import dev.converge.crdt.PNCounter;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.sequence.RGA;
import dev.converge.crdt.sequence.Text;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The form of a type without causal context: some fields.
 *
 * @param <T> the type
 */
abstract class PlainForm<T> {
  private static final Set<Class<?>> KNOWN =
      Set.of(
          GCounter.class,
          PNCounter.class,
          BoundedCounter.class,
          GSet.class,
          LWWRegister.class,
          Text.class,
          RGA.class);

  /** What has been read of one document. */
  abstract class Parts {
    private final Set<String> seen = new HashSet<>();

    final void read(JsonInput in, String field) throws IOException {
      if (!seen.add(field) || !readField(in, field)) {
        throw in.malformed(name() + " has no field " + DotText.shown(field) + " here");
      }
    }

    final T finish(JsonInput in) throws IOException {
      for (String field : fields()) {
        if (!seen.contains(field)) {
          throw in.malformed("a value of type " + name() + " has a field " + field);
        }
      }
      return make();
    }

    abstract boolean readField(JsonInput in, String field) throws IOException;

    abstract T make();
  }

  abstract String name();

  /** Those that must be there. */
  abstract List<String> fields();

  abstract void write(T value, JsonGenerator out, SerializerProvider provider) throws IOException;

  abstract Parts parts();

  static boolean isKnown(Class<?> raw) {
    return KNOWN.contains(raw);
  }

  static @Nullable PlainForm<?> of(JavaType type) {
    Class<?> raw = type.getRawClass();
    if (raw == GCounter.class) {
      return new OfGCounter();
    } else if (raw == PNCounter.class) {
      return new OfPNCounter();
    } else if (raw == BoundedCounter.class) {
      return new OfBoundedCounter();
    } else if (raw == GSet.class) {
      return new OfGSet(type);
    } else if (raw == LWWRegister.class) {
      return new OfRegister(type);
    } else if (raw == Text.class) {
      return new SequenceForm.OfText();
    } else if (raw == RGA.class) {
      return new SequenceForm.OfList(type);
    }
    return null;
  }

  private static void writeCounts(JsonGenerator out, String field, GCounter counter)
      throws IOException {
    out.writeObjectFieldStart(field);
    for (Map.Entry<ReplicaId, BigInteger> e : counter.counts().entrySet()) {
      out.writeFieldName(e.getKey().toString());
      StoreWriter.writeWhole(out, e.getValue());
    }
    out.writeEndObject();
  }

  private static GCounter readCounts(JsonInput in) throws IOException {
    in.startObject();
    Map<ReplicaId, BigInteger> counts = new LinkedHashMap<>();
    for (String field = in.field(); field != null; field = in.field()) {
      in.count();
      BigInteger count = (BigInteger) JsonValue.INTEGER.read(in);
      if (counts.put(in.replica(field), count) != null) {
        throw in.malformed("replica " + field + " stands twice");
      }
    }
    return GCounter.of(counts);
  }

  private static final class OfGCounter extends PlainForm<GCounter> {
    @Override
    String name() {
      return "gcounter";
    }

    @Override
    List<String> fields() {
      return List.of("counts");
    }

    @Override
    void write(GCounter counter, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      writeCounts(out, "counts", counter);
    }

    @Override
    Parts parts() {
      return new Parts() {
        private GCounter counts = GCounter.empty();

        @Override
        boolean readField(JsonInput in, String field) throws IOException {
          counts = readCounts(in);
          return field.equals("counts");
        }

        @Override
        GCounter make() {
          return counts;
        }
      };
    }
  }

  private static final class OfPNCounter extends PlainForm<PNCounter> {
    @Override
    String name() {
      return "pncounter";
    }

    @Override
    List<String> fields() {
      return List.of("increments", "decrements");
    }

    @Override
    void write(PNCounter counter, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      writeCounts(out, "increments", counter.increments());
      writeCounts(out, "decrements", counter.decrements());
    }

    @Override
    Parts parts() {
      return new Parts() {
        private GCounter up = GCounter.empty();
        private GCounter down = GCounter.empty();

        @Override
        boolean readField(JsonInput in, String field) throws IOException {
          switch (field) {
            case "increments" -> up = readCounts(in);
            case "decrements" -> down = readCounts(in);
            default -> {
              return false;
            }
          }
          return true;
        }

        @Override
        PNCounter make() {
          return new PNCounter(up, down);
        }
      };
    }
  }

  private static final class OfBoundedCounter extends PlainForm<BoundedCounter> {
    @Override
    String name() {
      return "boundedcounter";
    }

    @Override
    List<String> fields() {
      return List.of("given", "taken");
    }

    @Override
    void write(BoundedCounter counter, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeObjectFieldStart("given");
      for (Map.Entry<ReplicaId, GCounter> e : counter.given().entrySet()) {
        writeCounts(out, e.getKey().toString(), e.getValue());
      }
      out.writeEndObject();
      writeCounts(out, "taken", counter.taken());
    }

    @Override
    Parts parts() {
      return new Parts() {
        private final Map<ReplicaId, GCounter> given = new LinkedHashMap<>();
        private GCounter taken = GCounter.empty();

        @Override
        boolean readField(JsonInput in, String field) throws IOException {
          if (field.equals("taken")) {
            taken = readCounts(in);
            return true;
          }
          if (!field.equals("given")) {
            return false;
          }
          in.startObject();
          for (String giver = in.field(); giver != null; giver = in.field()) {
            in.count();
            GCounter row = readCounts(in);
            if (row.equals(GCounter.empty()) || given.put(in.replica(giver), row) != null) {
              throw in.malformed("replica " + giver + " stands twice, or gave nothing");
            }
          }
          return true;
        }

        @Override
        BoundedCounter make() {
          return BoundedCounter.of(given, taken);
        }
      };
    }
  }

  private static final class OfGSet extends PlainForm<GSet<Object>> {
    private final JsonValue element;

    OfGSet(JavaType type) {
      this.element = JsonValue.of(type.containedTypeOrUnknown(0));
    }

    @Override
    String name() {
      return "gset";
    }

    @Override
    List<String> fields() {
      return List.of("elements");
    }

    /** In the order of their JSON, as there is no other. */
    @Override
    void write(GSet<Object> set, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      List<Map.Entry<String, TokenBuffer>> elements = new ArrayList<>(set.size());
      for (Object each : set.elements()) {
        TokenBuffer tokens = new TokenBuffer(out.getCodec(), false);
        provider.defaultSerializeValue(each, tokens);
        elements.add(Map.entry(text(tokens), tokens));
      }
      elements.sort(Map.Entry.comparingByKey());
      out.writeArrayFieldStart("elements");
      for (Map.Entry<String, TokenBuffer> each : elements) {
        each.getValue().serialize(out);
      }
      out.writeEndArray();
    }

    private static String text(TokenBuffer tokens) throws IOException {
      try (var parser = tokens.asParser()) {
        StringBuilder text = new StringBuilder();
        while (parser.nextToken() != null) {
          text.append(parser.getText()).append('\u0000');
        }
        return text.toString();
      }
    }

    @Override
    Parts parts() {
      return new Parts() {
        private final Set<Object> elements = new LinkedHashSet<>();

        @Override
        boolean readField(JsonInput in, String field) throws IOException {
          if (!field.equals("elements")) {
            return false;
          }
          in.startArray();
          while (in.element()) {
            in.count();
            if (!elements.add(element.read(in))) {
              throw in.malformed("an element stands twice");
            }
          }
          return true;
        }

        @Override
        GSet<Object> make() {
          return GSet.of(elements);
        }
      };
    }
  }

  private static final class OfRegister extends PlainForm<LWWRegister<Object>> {
    private final JsonValue content;

    OfRegister(JavaType type) {
      this.content = JsonValue.of(type.containedTypeOrUnknown(0));
    }

    @Override
    String name() {
      return "lwwregister";
    }

    @Override
    List<String> fields() {
      return List.of();
    }

    @Override
    void write(LWWRegister<Object> register, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      if (register.value().isPresent()) {
        out.writeStringField("writer", register.writer().orElseThrow().toString());
        out.writeStringField("time", register.time().orElseThrow().toString());
        out.writeFieldName("value");
        provider.defaultSerializeValue(register.value().get(), out);
      }
    }

    @Override
    Parts parts() {
      return new Parts() {
        private @Nullable ReplicaId writer;
        private @Nullable HybridTimestamp time;
        private @Nullable Object value;

        @Override
        boolean readField(JsonInput in, String field) throws IOException {
          switch (field) {
            case "writer" -> writer = in.replica(in.text("a replica"));
            case "time" -> time = in.time();
            case "value" -> value = content.read(in);
            default -> {
              return false;
            }
          }
          return true;
        }

        @Override
        LWWRegister<Object> make() {
          if (writer == null && time == null && value == null) {
            return LWWRegister.empty();
          }
          if (writer == null || time == null || value == null) {
            throw new IllegalArgumentException("a write has a writer, a time and a value");
          }
          return LWWRegister.of(writer, time, value);
        }
      };
    }
  }
}
