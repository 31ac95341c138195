package dev.converge.pekko.replay;

import org.jspecify.annotations.Nullable;

/** A file is not a history, or is damaged; the message names the line. */
public final class HistoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  HistoryException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
