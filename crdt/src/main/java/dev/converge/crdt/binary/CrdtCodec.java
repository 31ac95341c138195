package dev.converge.crdt.binary;

import java.util.Objects;

/**
 * The binary form of one type.
 *
 * <p>{@link #encode} and {@link #decode} are for bytes that stand alone, in a file or a message:
 * they begin with a header that says the format, its version and the type, and are compressed if
 * that makes them smaller. {@link #write} and {@link #read} are the bare value, for whoever has a
 * frame of their own around it. Equal values have equal bytes (compressed ones as long as one
 * version of zlib made them). Implementations are immutable and thread-safe.
 *
 * @param <T> the type
 */
public abstract class CrdtCodec<T> {
  /** For codecs here, and of types elsewhere. */
  protected CrdtCodec() {}

  /** The type in the words of the format, as {@code orset<string>}; it never changes. */
  public abstract String name();

  /** Writes the bare value, in an order that depends on nothing but the value. */
  public abstract void write(BinaryWriter out, T value);

  /**
   * Reads what {@link #write} wrote, and nothing else.
   *
   * @throws DecodingException if the bytes are not that
   */
  public abstract T read(BinaryReader in);

  /** The bytes of {@code value}, compressed if they are many and it helps. O(n log n). */
  public final byte[] encode(T value) {
    return encode(value, Compression.FAST);
  }

  /** The bytes of {@code value}. O(n log n). */
  public final byte[] encode(T value, Compression compression) {
    BinaryWriter body = new BinaryWriter(256);
    write(body, value);
    return Envelope.wrap(name(), body, compression);
  }

  /** As {@link #decode(byte[], DecodingLimits)}, with the limits' defaults. */
  public final T decode(byte[] bytes) {
    return decode(bytes, DecodingLimits.DEFAULT);
  }

  /**
   * Reads what {@link #encode} made. O(n).
   *
   * @throws DecodingException if the bytes are anything else: of another type, of a newer version,
   *     damaged, made to do harm, beyond the limits
   */
  public final T decode(byte[] bytes, DecodingLimits limits) {
    Objects.requireNonNull(bytes, "bytes");
    try {
      BinaryReader in = Envelope.unwrap(name(), bytes, limits);
      T value = read(in);
      in.expectEnd();
      return value;
    } catch (DecodingException e) {
      throw e;
    } catch (RuntimeException e) {
      // The value refuses its parts, or a codec of the caller's own stumbles.
      throw new DecodingException("not a value of type " + name() + ": " + e.getMessage(), e);
    }
  }

  /** The name. */
  @Override
  public final String toString() {
    return name();
  }
}
