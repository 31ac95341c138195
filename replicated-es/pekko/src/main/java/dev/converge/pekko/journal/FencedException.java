package dev.converge.pekko.journal;

/**
 * A write was refused because of a promise, or because another process has the database now: its
 * writer was stopped for too long, or does not write to this log any more. Nothing was stored; the
 * command can be run again.
 */
public final class FencedException extends JournalException {
  private static final long serialVersionUID = 1L;

  /** An error with its message. */
  public FencedException(String message) {
    super(message, null);
  }
}
