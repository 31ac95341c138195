package dev.converge.node.store;

import java.time.Duration;

/**
 * Too few nodes answered in time. A write stands on this node all the same and will spread; it may
 * be asked for again where doing it twice is no harm. A read may be repeated, or made at {@link
 * Consistency#LOCAL}.
 */
public final class QuorumNotReachedException extends StoreException {
  private static final long serialVersionUID = 1L;

  private final int reached;
  private final int required;

  private QuorumNotReachedException(String message, int reached, int required) {
    super(message);
    this.reached = reached;
    this.required = required;
  }

  static QuorumNotReachedException ofWrite(int reached, int required, Duration waited) {
    return new QuorumNotReachedException(
        counted("confirmed the write", reached, required, waited)
            + "; the write stands locally and will spread",
        reached,
        required);
  }

  static QuorumNotReachedException ofRead(int reached, int required, Duration waited) {
    return new QuorumNotReachedException(
        counted("answered the read", reached, required, waited)
            + "; ask again, or read with consistency local",
        reached,
        required);
  }

  private static String counted(String did, int reached, int required, Duration waited) {
    return reached
        + " of the "
        + required
        + " nodes needed have "
        + did
        + " within "
        + waited.toMillis()
        + " ms";
  }

  /** How many nodes took part, this one included. */
  public int reached() {
    return reached;
  }

  /** How many had to. */
  public int required() {
    return required;
  }
}
