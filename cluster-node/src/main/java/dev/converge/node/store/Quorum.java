package dev.converge.node.store;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

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

  /** The names of the nodes that have to take part; empty if any will do. */
  private final Set<String> wanted;

  private final Set<String> missing = ConcurrentHashMap.newKeySet();
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
    this(number, bucket, base, delta, required, Set.of());
  }

  /** A read in which these nodes have to take part, by name. */
  static Quorum of(long number, int bucket, Set<String> nodes) {
    return new Quorum(number, bucket, 0, ByteString.emptyByteString(), nodes.size() + 1, nodes);
  }

  private Quorum(
      long number, int bucket, long base, ByteString delta, int required, Set<String> wanted) {
    this.wanted = Set.copyOf(wanted);
    missing.addAll(wanted);
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
    return 1 + (wanted.isEmpty() ? reached.size() : wanted.size() - missing.size());
  }

  boolean hasReached(String node) {
    return reached.contains(node);
  }

  /** Whether a node can be of use; one whose name is not known yet may be. */
  boolean wants(@Nullable String name) {
    return wanted.isEmpty() || name == null || missing.contains(name);
  }

  /**
   * A node takes part.
   *
   * @param node where it is
   * @param name its name
   */
  void reachedBy(String node, @Nullable String name) {
    boolean isNew = reached.add(node);
    if (wanted.isEmpty()) {
      if (isNew && reached() >= required) {
        done.complete(null);
      }
    } else if (name != null && missing.remove(name) && missing.isEmpty()) {
      done.complete(null);
    }
  }

  /** Completes when enough nodes take part; never exceptionally by itself. */
  CompletableFuture<Void> done() {
    return done;
  }
}
