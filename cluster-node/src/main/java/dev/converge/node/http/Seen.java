package dev.converge.node.http;

import dev.converge.node.store.StoreSession;
import dev.converge.pekko.SessionToken;
import java.util.Optional;

/**
 * What a client has seen, of the entities and of the store: the request header {@code
 * Converge-Context}, one token or several with commas between them.
 */
record Seen(SessionToken entities, StoreSession store) {
  /** The most tokens in a header; what is behind that is no token. */
  private static final int MAX_TOKENS = 256;

  /** What the request says; empty if it says nothing. */
  static Optional<Seen> of(Call call) {
    return call.header(Answers.CONTEXT_HEADER).map(Seen::parse);
  }

  private static Seen parse(String header) {
    try {
      SessionToken entities = SessionToken.EMPTY;
      StoreSession store = StoreSession.EMPTY;
      for (String part : header.split(",", MAX_TOKENS)) {
        String token = part.strip();
        if (token.startsWith(StoreSession.MARK)) {
          store = store.merge(StoreSession.parse(token));
        } else {
          entities = entities.merge(SessionToken.parse(token));
        }
      }
      return new Seen(entities, store);
    } catch (IllegalArgumentException e) {
      throw Problem.badRequest("header '" + Answers.CONTEXT_HEADER + "': " + e.getMessage());
    }
  }

  Seen with(SessionToken token) {
    return new Seen(entities.merge(token), store);
  }

  /** For the next request. */
  String text() {
    if (store.isEmpty()) {
      return entities.text();
    }
    return entities.equals(SessionToken.EMPTY)
        ? store.text()
        : entities.text() + "," + store.text();
  }
}
