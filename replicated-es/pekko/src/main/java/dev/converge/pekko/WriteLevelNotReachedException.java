package dev.converge.pekko;

/**
 * The events of a command are committed here, and were not on as many replicas as was asked for
 * within the limit. They stand and will spread; nothing is to be sent again.
 */
public final class WriteLevelNotReachedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient EntityAnswer<?> answer;

  /** With the answer of this replica. */
  public WriteLevelNotReachedException(String message, EntityAnswer<?> answer) {
    super(message, null, false, false);
    this.answer = answer;
  }

  /** What the command came to here. */
  public EntityAnswer<?> answer() {
    return answer;
  }
}
