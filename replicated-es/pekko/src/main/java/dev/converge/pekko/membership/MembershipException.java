package dev.converge.pekko.membership;

/** A change of the set of replicas is not possible; the message says why, and what to do. */
public final class MembershipException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With what stands in the way. */
  public MembershipException(String message) {
    super(message);
  }
}
