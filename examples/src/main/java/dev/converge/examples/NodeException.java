package dev.converge.examples;

/** A node answered with an error. */
public final class NodeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The status of HTTP. */
  private final int status;

  NodeException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** The status of HTTP. */
  public int status() {
    return status;
  }
}
