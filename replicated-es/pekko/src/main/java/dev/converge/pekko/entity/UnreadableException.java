package dev.converge.pekko.entity;

import org.jspecify.annotations.Nullable;

/** The rows of an entity are not what was written; the message names entity and row. */
final class UnreadableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnreadableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
