package dev.converge.pekko.journal;

/**
 * An own event was to be stored whose time is not after what this replica has promised: its writer
 * was stopped for too long, or does not write to this log any more. Nothing was stored; the command
 * can be run again.
 */
public final class FencedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An error with its message. */
  public FencedException(String message) {
    super(message);
  }
}
