package dev.converge.pekko.replication;

/** A question to a peer has no answer; the message says why. */
public final class PeerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why there is no answer. */
  public PeerException(String message) {
    super(message);
  }
}
