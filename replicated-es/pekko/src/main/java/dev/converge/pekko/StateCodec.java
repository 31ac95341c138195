package dev.converge.pekko;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.converge.pekko.wire.WireException;

/**
 * Turns an entity type's states into bytes and back: for checkpoints, and to compare replicas. Must
 * be canonical (equal states give equal bytes, on every node) and thread-safe; what is read back
 * must equal what was written.
 *
 * @param <S> the states
 */
public interface StateCodec<S> {
  /** The bytes of {@code state}. */
  byte[] encode(S state);

  /**
   * The state that {@code bytes} stand for.
   *
   * @throws WireException if they stand for none
   */
  S decode(byte[] bytes);

  /** The version of the form that is written, from 1. Raise it when the form of states changes. */
  default int version() {
    return 1;
  }

  /**
   * The state that bytes of an older or a newer version stand for. Unless overridden, only the
   * present version can be read: checkpoints of others are then passed over, and the state is
   * folded again from the journal, which works as long as that was not compacted.
   *
   * @param version the {@link #version} that wrote them
   * @throws WireException if they cannot be read
   */
  default S decode(byte[] bytes, int version) {
    if (version != version()) {
      throw new WireException(
          "a state of version " + version + "; this node reads version " + version(), null);
    }
    return decode(bytes);
  }

  /**
   * CBOR by Jackson; properties, map entries and elements of sets are sorted, so equal states give
   * equal bytes. Use {@link #cbor(TypeReference)} for a generic type.
   */
  static <S> StateCodec<S> cbor(Class<S> type) {
    return CborStates.of(CborStates.MAPPER.constructType(type));
  }

  /** As {@link #cbor(Class)}, for a generic type: {@code new TypeReference<List<String>>() {}}. */
  static <S> StateCodec<S> cbor(TypeReference<S> type) {
    return CborStates.of(CborStates.MAPPER.constructType(type));
  }
}
