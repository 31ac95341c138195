package dev.converge.pekko.wire;

import org.jspecify.annotations.Nullable;

/**
 * Bytes that are not what they should be; the message says what was expected and what was found.
 */
public final class WireException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An error with its cause, if there is one. */
  public WireException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
