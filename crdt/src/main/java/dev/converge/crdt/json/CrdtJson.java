package dev.converge.crdt.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.converge.crdt.algebra.Crdt;
import dev.converge.crdt.binary.DecodingException;
import dev.converge.crdt.binary.DecodingLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Values as JSON, without a mapper of one's own and without checked exceptions.
 *
 * <pre>{@code
 * CrdtJson json = CrdtJson.create();
 * String text = json.write(set);
 * ORSet<String> read = json.read(text, new TypeReference<ORSet<String>>() {});
 * }</pre>
 *
 * <p>Equal values have equal text. Immutable and thread-safe. Both directions cost O(n log n).
 */
public final class CrdtJson {
  private final JsonMapper mapper;
  private final DecodingLimits limits;

  private CrdtJson(JsonMapper mapper, DecodingLimits limits) {
    this.mapper = mapper;
    this.limits = limits;
  }

  /** With the limits' defaults. */
  public static CrdtJson create() {
    return with(DecodingLimits.DEFAULT);
  }

  /** With these limits on what is read. */
  public static CrdtJson with(DecodingLimits limits) {
    return with(limits, JsonMapper.builder(factory(limits)));
  }

  /**
   * With a mapper that knows modules of the caller's own, for elements of their own.
   *
   * @param builder made with {@link #factory}, so that the limits hold; must not be used again
   */
  public static CrdtJson with(DecodingLimits limits, JsonMapper.Builder builder) {
    JsonMapper mapper =
        builder
            .addModule(new CrdtModule(limits))
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    return new CrdtJson(mapper, limits);
  }

  /** A factory of parsers that keep the limits, and refuse a field that stands twice. */
  public static JsonFactory factory(DecodingLimits limits) {
    StreamReadConstraints constraints =
        StreamReadConstraints.builder()
            .maxDocumentLength(limits.maxBytes())
            .maxStringLength(limits.maxStringBytes())
            .maxNameLength(Math.min(limits.maxStringBytes(), 50_000))
            // An object in an array for each level of a map.
            .maxNestingDepth(16 + 4 * Math.min(limits.maxDepth(), 10_000))
            .build();
    return JsonFactory.builder()
        .streamReadConstraints(constraints)
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .build();
  }

  /**
   * The JSON of {@code value}.
   *
   * @throws IllegalArgumentException if Jackson cannot write an element of it
   */
  public String write(Crdt<?> value) {
    try {
      return mapper.writeValueAsString(value);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("cannot be written as JSON: " + e.getMessage(), e);
    }
  }

  /** The JSON of {@code value}, in UTF-8. */
  public byte[] writeBytes(Crdt<?> value) {
    try {
      return mapper.writeValueAsBytes(value);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("cannot be written as JSON: " + e.getMessage(), e);
    }
  }

  /**
   * Reads what {@link #write} wrote; order of fields and white space do not matter.
   *
   * @throws DecodingException if the text is anything else
   */
  public <T extends Crdt<T>> T read(String text, TypeReference<T> type) {
    return read(text.getBytes(StandardCharsets.UTF_8), type);
  }

  /**
   * Reads what {@link #writeBytes} wrote; order of fields and white space do not matter.
   *
   * @throws DecodingException if the bytes are anything else
   */
  public <T extends Crdt<T>> T read(byte[] bytes, TypeReference<T> type) {
    Objects.requireNonNull(type, "type");
    if (bytes.length > limits.maxBytes()) {
      throw new DecodingException(
          bytes.length + " bytes are more than the " + limits.maxBytes() + " that are allowed",
          null);
    }
    try {
      T value = mapper.readValue(bytes, type);
      if (value == null) {
        throw new DecodingException("null is not a replicated value", null);
      }
      return value;
    } catch (DecodingException e) {
      throw e;
    } catch (JacksonException e) {
      throw new DecodingException("not such a value: " + e.getOriginalMessage(), e);
    } catch (IOException | RuntimeException e) {
      throw new DecodingException("not such a value: " + e.getMessage(), e);
    }
  }
}
