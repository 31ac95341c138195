package dev.converge.node.store;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.util.ByteString;

/**
 * A write or a read that waits for other nodes. It lives on from one ActorSystem to the next, until
 * it is done or its time is up. Thread-safe.
 */
final class Quorum {
  private final long number;
  private final int bucket;
  private final long base;
  private final ByteString delta;
  private final int required;
  private final Set<String> reached = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<Void> done = new CompletableFuture<>();

  /**
   * A quorum of which this node is the first member.
   *
   * @param number unique in this process
   * @param bucket which bucket
   * @param base see {@link StoreMessage.Part}
   * @param delta what others have to confirm; empty for a read
   * @param required how many nodes, this one included
   */
  Quorum(long number, int bucket, long base, ByteString delta, int required) {
    this.number = number;
    this.bucket = bucket;
    this.base = base;
    this.delta = delta;
    this.required = required;
    if (required <= 1) {
      done.complete(null);
    }
  }

  long number() {
    return number;
  }

  int bucket() {
    return bucket;
  }

  long base() {
    return base;
  }

  ByteString delta() {
    return delta;
  }

  boolean isRead() {
    return delta.isEmpty();
  }

  int required() {
    return required;
  }

  /** How many nodes take part, this one included. */
  int reached() {
    return reached.size() + 1;
  }

  boolean hasReached(String node) {
    return reached.contains(node);
  }

  /** {@code node} takes part. */
  void reachedBy(String node) {
    if (reached.add(node) && reached() >= required) {
      done.complete(null);
    }
  }

  /** Completes when enough nodes take part; never exceptionally by itself. */
  CompletableFuture<Void> done() {
    return done;
  }
}
