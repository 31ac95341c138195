package dev.converge.pekko;

import org.jspecify.annotations.Nullable;

/**
 * The entity could not answer: its journal failed, it is overloaded, the node may not write now, or
 * it did not answer in time. Whether a command was written is not known; a retry with the same
 * {@linkplain RunOptions#request request} is safe, a plain one may count twice.
 */
public final class EntityUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An error with its cause, if there is one. */
  public EntityUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
