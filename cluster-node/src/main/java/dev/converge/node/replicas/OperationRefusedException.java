package dev.converge.node.replicas;

/** An operation cannot be done as things are; the message says why, and what would change it. */
public final class OperationRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A refusal with its reason. */
  public OperationRefusedException(String reason) {
    super(reason, null, false, false);
  }
}
