package dev.converge.crdt.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.ser.Serializers;
import dev.converge.crdt.causal.CausalCrdt;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Finds the serializer of a type. */
final class CrdtSerializers extends Serializers.Base {
  static final int VERSION = 1;

  @Override
  public @Nullable JsonSerializer<?> findSerializer(
      SerializationConfig config, JavaType type, BeanDescription bean) {
    return find(type);
  }

  /** A {@code GSet} or a map could be taken for a collection, so these ways lead here too. */
  private static @Nullable JsonSerializer<?> find(JavaType type) {
    if (JsonTypes.isKnown(type.getRawClass())) {
      return new ForCausal();
    }
    PlainForm<?> plain = PlainForm.of(type);
    return plain == null ? null : new ForPlain<>(plain);
  }

  private abstract static class Writer<T> extends JsonSerializer<T> {
    /** The name of the type in the document is enough. */
    @Override
    public void serializeWithType(
        T value, JsonGenerator out, SerializerProvider provider, TypeSerializer type)
        throws IOException {
      serialize(value, out, provider);
    }
  }

  private static final class ForCausal extends Writer<CausalCrdt<?>> {
    @Override
    public void serialize(CausalCrdt<?> value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeStartObject();
      out.writeStringField("type", JsonTypes.nameOf(value));
      out.writeNumberField("version", VERSION);
      new StoreWriter(out, provider).write(value);
      out.writeArrayFieldStart("context");
      for (String run : DotText.write(value.causal().context())) {
        out.writeString(run);
      }
      out.writeEndArray();
      out.writeEndObject();
    }
  }

  private static final class ForPlain<T> extends Writer<T> {
    private final PlainForm<T> form;

    ForPlain(PlainForm<T> form) {
      this.form = form;
    }

    @Override
    public void serialize(T value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeStartObject();
      out.writeStringField("type", form.name());
      out.writeNumberField("version", VERSION);
      form.write(value, out, provider);
      out.writeEndObject();
    }
  }
}
