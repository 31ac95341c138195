package dev.converge.pekko.migration;

import org.jspecify.annotations.Nullable;

/** The migration cannot go on; the message says where it stands and what to do. Run it again. */
public final class MigrationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With what is wrong. */
  public MigrationException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
