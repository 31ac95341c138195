package dev.converge.node.store;

/** The store's database cannot be opened or read; the message says why. */
public final class StoreDatabaseException extends StoreException {
  private static final long serialVersionUID = 1L;

  StoreDatabaseException(String message, Throwable cause) {
    super(message, cause);
  }
}
