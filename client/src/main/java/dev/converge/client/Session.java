package dev.converge.client;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What one user has seen, as tokens that nodes have handed out and that are opaque here. A node
 * merges those that it is sent into one; answers that overtake each other leave one each, so there
 * are never more than requests under way. Thread-safe.
 */
final class Session {
  private static final int MAX_TOKENS = 64;

  private final Set<String> tokens = new TreeSet<>();

  /** What to send. */
  synchronized List<String> tokens() {
    return tokens.stream().limit(MAX_TOKENS).toList();
  }

  /**
   * An answer came.
   *
   * @param sent what was sent with its request
   * @param merged what that and the answer come to
   */
  synchronized void seen(List<String> sent, String merged) {
    sent.forEach(tokens::remove);
    tokens.add(merged);
  }
}
