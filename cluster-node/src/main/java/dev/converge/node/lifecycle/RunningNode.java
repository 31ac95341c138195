package dev.converge.node.lifecycle;

import java.util.concurrent.CompletionStage;

/** A node that has started. Thread-safe. */
public interface RunningNode {
  /**
   * Stops gracefully: takes no new requests, finishes those under way, leaves the cluster, closes
   * the database, releases the folder. Returns when all that is done; the caller sets the limit of
   * time. Calls after the first wait for the same end. Called from a shutdown hook, so it must not
   * wait for another one.
   */
  void stop();

  /**
   * Completes when the node has stopped; exceptionally if it failed by itself, with an exception
   * whose message says why.
   */
  CompletionStage<Void> terminated();
}
