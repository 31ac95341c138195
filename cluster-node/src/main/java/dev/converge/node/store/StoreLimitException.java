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
    /** The part of the store that the key belongs to is full; delete something. */
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

  static StoreLimitException bucket(String key, long bytes, long most) {
    return new StoreLimitException(
        Limit.STORE,
        "the bucket of '"
            + key
            + "' would take "
            + bytes
            + " bytes; at most "
            + most
            + " are possible, so delete keys that are not needed");
  }

  /** What is too large. */
  public Limit limit() {
    return limit;
  }
}
