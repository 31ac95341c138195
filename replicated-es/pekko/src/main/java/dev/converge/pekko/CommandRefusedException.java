package dev.converge.pekko;

/** The entity's rules refuse the command; nothing was written. Sending it again changes nothing. */
public final class CommandRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A refusal with its reason, in words for whoever sent the command. */
  public CommandRefusedException(String reason) {
    super(reason, null, false, false);
  }
}
