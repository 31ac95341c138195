package dev.converge.pekko.feed;

/** Events behind the cursor have left this node's journal: begin anew, or ask another node. */
public final class FeedGoneException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says what is missing. */
  public FeedGoneException(String message) {
    super(message);
  }
}
