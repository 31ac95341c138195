package dev.converge.node.store;

/** Something is larger than the store can carry to the other nodes, or no key. Nothing was done. */
public final class StoreLimitException extends StoreException {
  private static final long serialVersionUID = 1L;

  /** What is too large. */
  public enum Limit {
    /** The key has a wrong length or is no valid Unicode. */
    KEY,
    /** The value would become too large; split it over several keys. */
    VALUE,
    /** The store has as many keys as it may; delete some. */
    STORE
  }

  private final Limit limit;

  private StoreLimitException(Limit limit, String message) {
    super(message);
    this.limit = limit;
  }

  static StoreLimitException badKey(String message) {
    return new StoreLimitException(Limit.KEY, message);
  }

  static StoreLimitException value(String key, long bytes, long most) {
    return new StoreLimitException(
        Limit.VALUE,
        "the value of '"
            + key
            + "' would take "
            + bytes
            + " bytes; at most "
            + most
            + " are possible, so split it over several keys");
  }

  static StoreLimitException write(String key, long bytes, long most) {
    return new StoreLimitException(
        Limit.VALUE,
        "one write to '"
            + key
            + "' would take "
            + bytes
            + " bytes; at most "
            + most
            + " can travel at once, so make it in several parts");
  }

  static StoreLimitException full(String key, long most) {
    return new StoreLimitException(
        Limit.STORE,
        "'"
            + key
            + "' would be one key too many: the store holds "
            + most
            + "; delete keys that are not needed");
  }

  /** What is too large. */
  public Limit limit() {
    return limit;
  }
}
