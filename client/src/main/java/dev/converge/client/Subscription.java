package dev.converge.client;

import java.util.concurrent.CompletionStage;

/** An interest in what comes, until closed. Survives the end of connections and nodes. */
public interface Subscription extends AutoCloseable {
  /**
   * Completes when it is closed; fails with a {@link ProblemException} if the nodes refuse it for
   * good, such as a cursor (410) behind which events have left the journal.
   */
  CompletionStage<Void> ended();

  /** Ends it; a call that has begun may still be under way. Idempotent. */
  @Override
  void close();
}
