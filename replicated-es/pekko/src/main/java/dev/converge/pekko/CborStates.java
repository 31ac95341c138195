package dev.converge.pekko;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.type.CollectionType;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import dev.converge.pekko.wire.WireException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;

/** States as canonical CBOR. */
final class CborStates {
  static final ObjectMapper MAPPER =
      CBORMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .addModule(new SimpleModule("converge-sets").setSerializerModifier(new SortSets()))
          .build();

  private CborStates() {}

  static <S> StateCodec<S> of(JavaType type) {
    return new StateCodec<>() {
      @Override
      public byte[] encode(S state) {
        try {
          return MAPPER.writerFor(type).writeValueAsBytes(state);
        } catch (IOException e) {
          throw new WireException("cannot encode a state of type " + type + ": " + e, e);
        }
      }

      @Override
      public S decode(byte[] bytes) {
        try {
          S state = MAPPER.readValue(bytes, type);
          if (state == null) {
            throw new WireException("null is no state of type " + type, null);
          }
          return state;
        } catch (IOException e) {
          throw new WireException("not a state of type " + type + ": " + e.getMessage(), e);
        }
      }
    };
  }

  /** Sets have no order of their own, and Java's differ from one JVM to the next. */
  private static final class SortSets extends BeanSerializerModifier {
    private static final long serialVersionUID = 1L;

    @Override
    public JsonSerializer<?> modifyCollectionSerializer(
        SerializationConfig config,
        CollectionType valueType,
        BeanDescription description,
        JsonSerializer<?> serializer) {
      Class<?> raw = valueType.getRawClass();
      return Set.class.isAssignableFrom(raw) && !SortedSet.class.isAssignableFrom(raw)
          ? new SetSerializer()
          : serializer;
    }
  }

  /** Writes the elements in the order of their bytes. */
  private static final class SetSerializer extends StdSerializer<Object> {
    private static final long serialVersionUID = 1L;

    SetSerializer() {
      super(Object.class);
    }

    @Override
    public void serialize(Object set, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      List<Map.Entry<byte[], Object>> elements = new ArrayList<>();
      for (Object value : (Set<?>) set) {
        elements.add(Map.entry(MAPPER.writeValueAsBytes(value), value));
      }
      elements.sort((a, b) -> Arrays.compareUnsigned(a.getKey(), b.getKey()));
      out.writeStartArray();
      for (Map.Entry<byte[], Object> element : elements) {
        provider.defaultSerializeValue(element.getValue(), out);
      }
      out.writeEndArray();
    }

    @Override
    public boolean isEmpty(SerializerProvider provider, Object set) {
      return ((Set<?>) set).isEmpty();
    }
  }
}
