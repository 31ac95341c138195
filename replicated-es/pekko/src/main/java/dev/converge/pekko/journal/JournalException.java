package dev.converge.pekko.journal;

import org.jspecify.annotations.Nullable;

/**
 * The replica's database cannot be opened, read or written; the message says which and what to do.
 */
public class JournalException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An error with its cause, if there is one. */
  public JournalException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
