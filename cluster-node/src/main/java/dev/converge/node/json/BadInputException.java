package dev.converge.node.json;

/**
 * What came from outside is not what it should be; the message says what and how to mend it.
 * Nothing was done.
 */
public final class BadInputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A complaint in words for the sender. */
  public BadInputException(String message) {
    super(message, null, false, false);
  }
}
