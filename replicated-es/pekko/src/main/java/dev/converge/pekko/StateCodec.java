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

  /**
   * The version of the form. Raise it when the form of states changes: checkpoints of another
   * version are passed over, and the state is folded again from the journal.
   */
  default int version() {
    return 1;
  }

  /** The same codec, at another {@link #version}. */
  default StateCodec<S> atVersion(int version) {
    StateCodec<S> same = this;
    return new StateCodec<>() {
      @Override
      public byte[] encode(S state) {
        return same.encode(state);
      }

      @Override
      public S decode(byte[] bytes) {
        return same.decode(bytes);
      }

      @Override
      public int version() {
        return version;
      }
    };
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
