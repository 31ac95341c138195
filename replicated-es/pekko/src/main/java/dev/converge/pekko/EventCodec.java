package dev.converge.pekko;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.converge.pekko.wire.WireException;
import java.io.IOException;

/**
 * Turns an entity type's events into bytes and back. Must be deterministic (equal events, equal
 * bytes) and thread-safe.
 *
 * @param <E> the events
 */
public interface EventCodec<E> {
  /** The bytes of {@code event}. */
  byte[] encode(E event);

  /**
   * The event that {@code bytes} stand for.
   *
   * @throws WireException if they stand for none
   */
  E decode(byte[] bytes);

  /**
   * CBOR by Jackson. {@code type} is a class or a sealed interface whose subtypes are told apart by
   * {@link JsonTypeInfo} with {@code use = NAME}: only the subtypes named there can ever be read.
   *
   * @throws IllegalArgumentException if {@code type} would have class names read from bytes
   */
  static <E> EventCodec<E> cbor(Class<E> type) {
    JsonTypeInfo info = type.getAnnotation(JsonTypeInfo.class);
    if (info != null
        && info.use() != JsonTypeInfo.Id.NAME
        && info.use() != JsonTypeInfo.Id.DEDUCTION) {
      throw new IllegalArgumentException(
          type.getName() + " is told apart by " + info.use() + "; use JsonTypeInfo.Id.NAME");
    }
    return new EventCodec<>() {
      @Override
      public byte[] encode(E event) {
        try {
          return Cbor.MAPPER.writerFor(type).writeValueAsBytes(event);
        } catch (IOException e) {
          throw new WireException(
              "cannot encode a " + type.getSimpleName() + ": " + e.getMessage(), e);
        }
      }

      @Override
      public E decode(byte[] bytes) {
        try {
          E event = Cbor.MAPPER.readValue(bytes, type);
          if (event == null) {
            throw new WireException("null is no " + type.getSimpleName(), null);
          }
          return event;
        } catch (IOException e) {
          throw new WireException("not a " + type.getSimpleName() + ": " + e.getMessage(), e);
        }
      }
    };
  }
}
