package dev.converge.node.store;

/**
 * Why the store did not do, or did not wholly do, what was asked; the message is for whoever asked.
 */
public abstract class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StoreException(String message) {
    super(message, null, false, false);
  }

  StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
