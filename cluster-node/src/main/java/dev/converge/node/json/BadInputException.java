package dev.converge.node.json;

import org.jspecify.annotations.Nullable;

/**
 * What came from outside is not what it should be; the message says what and how to mend it.
 * Nothing was done.
 */
public final class BadInputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final @Nullable String field;

  /** A complaint in words for the sender. */
  public BadInputException(String message) {
    this(message, null);
  }

  /** A complaint about one field; null for one about the whole. */
  public BadInputException(String message, @Nullable String field) {
    super(message, null, false, false);
    this.field = field;
  }

  /** The field that is wrong, missing or unknown; null if it is not one field. */
  public @Nullable String field() {
    return field;
  }
}
