package dev.converge.pekko;

/** What a read must show. */
public sealed interface ReadLevel {
  /** What this replica holds. */
  record Local() implements ReadLevel {}

  /**
   * All that a client has written or read before, at whichever node.
   *
   * @param token what it has
   */
  record Session(SessionToken token) implements ReadLevel {}

  /**
   * All that a majority of the present set of replicas held when the read came, this one included:
   * so every write of {@link WriteLevel#majority} that was answered before. Not linearizable: of
   * two such reads, the later at another node may show less of what is not on a majority yet.
   */
  record Majority() implements ReadLevel {}

  /** What this replica holds. */
  static ReadLevel local() {
    return new Local();
  }

  /** All that a client has written or read before. */
  static ReadLevel session(SessionToken token) {
    return new Session(token);
  }

  /** All that a majority held when the read came. */
  static ReadLevel majority() {
    return new Majority();
  }
}
