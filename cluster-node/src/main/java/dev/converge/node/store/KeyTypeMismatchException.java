package dev.converge.node.store;

/**
 * The key shows a value of another type. Nothing was done; delete the key first, or use its type.
 */
public final class KeyTypeMismatchException extends StoreException {
  private static final long serialVersionUID = 1L;

  private final String present;
  private final String asked;

  KeyTypeMismatchException(String key, String present, String asked) {
    super(
        "key '"
            + key
            + "' holds a "
            + present
            + ", not a "
            + asked
            + "; delete the key to use it with another type");
    this.present = present;
    this.asked = asked;
  }

  /** The name of the type that is there. */
  public String present() {
    return present;
  }

  /** The name of the type that was asked for. */
  public String asked() {
    return asked;
  }
}
