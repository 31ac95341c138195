package dev.converge.crdt.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.deser.Deserializers;
import dev.converge.crdt.binary.DecodingLimits;
import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.DotStore;
import dev.converge.crdt.clock.CausalContext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the deserializer of a type, with the types of its elements. */
final class CrdtDeserializers extends Deserializers.Base {
  private final DecodingLimits limits;

  CrdtDeserializers(DecodingLimits limits) {
    this.limits = limits;
  }

  @Override
  public @Nullable JsonDeserializer<?> findBeanDeserializer(
      JavaType type, DeserializationConfig config, BeanDescription bean) {
    JsonTypes.Known causal = JsonTypes.find(type);
    if (causal != null) {
      return new OfCausal(causal, limits);
    }
    PlainForm<?> plain = PlainForm.of(type);
    return plain == null ? null : new OfPlain(plain, limits);
  }

  @Override
  public boolean hasDeserializerFor(DeserializationConfig config, Class<?> raw) {
    return JsonTypes.isKnown(raw) || PlainForm.isKnown(raw);
  }

  private abstract static class Reader extends JsonDeserializer<Object> {
    private final DecodingLimits limits;
    private final String name;

    Reader(String name, DecodingLimits limits) {
      this.name = name;
      this.limits = limits;
    }

    @Override
    public final Object deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      JsonInput in = new JsonInput(parser, context, limits);
      try {
        return read(in);
      } catch (IllegalArgumentException | IllegalStateException | ArithmeticException e) {
        // The value refuses its parts.
        throw in.malformed("not a value of type " + name + ": " + e.getMessage());
      }
    }

    private Object read(JsonInput in) throws IOException {
      in.startObject();
      boolean typed = false;
      boolean versioned = false;
      for (String field = in.field(); field != null; field = in.field()) {
        switch (field) {
          case "type" -> {
            String found = in.text("the name of a type");
            if (!found.equals(name)) {
              throw in.malformed(
                  "a value of type " + DotText.shown(found) + " where " + name + " is wanted");
            }
            typed = true;
          }
          case "version" -> {
            checkVersion(in);
            versioned = true;
          }
          default -> readField(in, field);
        }
      }
      if (!typed || !versioned) {
        throw in.malformed("a replicated value says its type and the version of its form");
      }
      return finish(in);
    }

    private static void checkVersion(JsonInput in) throws IOException {
      if (!in.parser().getText().equals(String.valueOf(CrdtSerializers.VERSION))) {
        throw in.malformed(
            "version "
                + DotText.shown(in.parser().getText())
                + " of the form; this reader knows version "
                + CrdtSerializers.VERSION
                + " and must be upgraded to read others");
      }
    }

    abstract void readField(JsonInput in, String field) throws IOException;

    abstract Object finish(JsonInput in) throws IOException;
  }

  /** Not thread-safe, as it keeps what it has read; each document gets its own. */
  private static final class CausalReader extends Reader {
    private final JsonTypes.Known known;
    private @Nullable DotStore store;
    private @Nullable CausalContext context;

    CausalReader(JsonTypes.Known known, DecodingLimits limits) {
      super(known.name(), limits);
      this.known = known;
    }

    @Override
    void readField(JsonInput in, String field) throws IOException {
      if (field.equals("context") && context == null) {
        in.startArray();
        List<String> runs = new ArrayList<>();
        while (in.element()) {
          in.count();
          runs.add(in.text("a run of dots"));
        }
        context = in.dots().context(runs, in.limits().maxElements());
      } else if (known.shape().isField(field) && store == null) {
        store = known.shape().read(in, field);
      } else {
        throw in.malformed(known.name() + " has no field " + DotText.shown(field) + " here");
      }
    }

    @Override
    Object finish(JsonInput in) throws IOException {
      if (store == null || context == null) {
        throw in.malformed("a value of type " + known.name() + " has a store and a context");
      }
      CausalContext seen = context;
      store.forEachDot(
          dot -> {
            if (!seen.contains(dot)) {
              throw new IllegalArgumentException(
                  "dot " + dot + " is alive but not in the causal context");
            }
          });
      // An empty store has no shape of its own to be asked for.
      DotStore alive = store.isEmpty() ? known.type().shape() : store;
      return known.type().restore(Causal.of(alive, seen));
    }
  }

  private static final class OfCausal extends JsonDeserializer<Object> {
    private final JsonTypes.Known known;
    private final DecodingLimits limits;

    OfCausal(JsonTypes.Known known, DecodingLimits limits) {
      this.known = known;
      this.limits = limits;
    }

    @Override
    public Object deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      return new CausalReader(known, limits).deserialize(parser, context);
    }
  }

  private static final class PlainReader extends Reader {
    private final PlainForm<?>.Parts parts;

    PlainReader(PlainForm<?> form, DecodingLimits limits) {
      super(form.name(), limits);
      this.parts = form.parts();
    }

    @Override
    void readField(JsonInput in, String field) throws IOException {
      parts.read(in, field);
    }

    @Override
    Object finish(JsonInput in) throws IOException {
      return parts.finish(in);
    }
  }

  private static final class OfPlain extends JsonDeserializer<Object> {
    private final PlainForm<?> form;
    private final DecodingLimits limits;

    OfPlain(PlainForm<?> form, DecodingLimits limits) {
      this.form = form;
      this.limits = limits;
    }

    @Override
    public Object deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      return new PlainReader(form, limits).deserialize(parser, context);
    }
  }
}
