package dev.converge.engine.event;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * The name that a client gave to its request: client or device and its sequence number, or an
 * idempotency key. Of several events with one origin id only the first in the total order counts,
 * so a request that was sent twice, even to two replicas, has its effect once.
 *
 * <p>Immutable and thread-safe.
 *
 * @param value 1 to 256 characters of well-formed Unicode
 */
public record OriginId(String value) {
  /** The longest value, in characters. */
  public static final int MAX_LENGTH = 256;

  /**
   * Checks the value.
   *
   * @throws IllegalArgumentException if it is empty, too long, or not well-formed Unicode
   */
  public OriginId {
    if (value.isEmpty() || value.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "an origin id has 1 to " + MAX_LENGTH + " characters, not " + value.length());
    }
    try {
      StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value));
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "an origin id is well-formed Unicode; this one has half a surrogate pair", e);
    }
  }

  /** The value. */
  @Override
  public String toString() {
    return value;
  }
}
