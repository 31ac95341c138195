package dev.converge.crdt.binary;

import org.jspecify.annotations.Nullable;

/**
 * The bytes (or the JSON) are not a value of the type that was asked for: cut off, damaged, made to
 * do harm, of a newer version, of another type, beyond a limit, or a value that contradicts itself.
 *
 * <p>The only exception a decoder throws, whatever it is given. The message says what is wrong and
 * where. Nothing has been merged; the caller drops the input and may ask for it again.
 */
public final class DecodingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Where there is no telling, as in a value that is wrong as a whole. */
  public static final int UNKNOWN = -1;

  private final int offset;

  /**
   * What is wrong, at no known place.
   *
   * @param message what is wrong
   * @param cause what found it, or null
   */
  public DecodingException(String message, @Nullable Throwable cause) {
    super(message, cause);
    this.offset = UNKNOWN;
  }

  /**
   * What is wrong, and where.
   *
   * @param message what is wrong
   * @param offset the byte at which it was noticed: from the start of the input, or of the
   *     decompressed part where the message says so
   */
  public DecodingException(String message, int offset) {
    super(message + " (at byte " + offset + ")");
    this.offset = offset;
  }

  /** The byte at which it was noticed; {@link #UNKNOWN} if there is no telling. */
  public int offset() {
    return offset;
  }
}
