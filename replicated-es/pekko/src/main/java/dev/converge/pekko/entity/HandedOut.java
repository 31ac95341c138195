package dev.converge.pekko.entity;

import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.replication.ReplicaState.Frontier;
import dev.converge.pekko.wire.LogRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How much of the logs has been handed to the live entities: {origin → LSN}. A frontier counts only
 * once all rows that were held when it was known have been, so an entity never calls something
 * final before a row that stands in front of it. Thread-safe.
 */
final class HandedOut {
  private VersionVector vector = VersionVector.empty();
  private final List<Waiter> waiters = new ArrayList<>();
  private volatile Frontier frontier = Frontier.NONE;
  private @Nullable Frontier next;
  private VersionVector nextRestsOn = VersionVector.empty();

  private record Waiter(VersionVector rows, CompletableFuture<Void> reached) {}

  /** What was held before rows were handed out need not be: entities read it when they wake. */
  synchronized void begin(VersionVector held) {
    vector = vector.merge(held);
  }

  /** The newest frontier that counts. */
  Frontier frontier() {
    return frontier;
  }

  /**
   * These rows have been handed out.
   *
   * @return whether another frontier counts now
   */
  @SuppressWarnings("NullAway") // the one value that Void has
  boolean add(List<LogRow> rows) {
    List<Waiter> reached = new ArrayList<>();
    boolean moved;
    synchronized (this) {
      for (LogRow row : rows) {
        vector = vector.with(row.origin(), row.lsn());
      }
      for (Waiter waiter : waiters) {
        if (vector.covers(waiter.rows())) {
          reached.add(waiter);
        }
      }
      waiters.removeAll(reached);
      moved = adopt();
    }
    reached.forEach(waiter -> waiter.reached().complete(null));
    return moved;
  }

  /**
   * A frontier is known.
   *
   * @param held what was held then, or later
   * @return whether it counts now
   */
  synchronized boolean offer(Frontier known, VersionVector held) {
    next = known;
    nextRestsOn = held;
    return adopt();
  }

  private boolean adopt() {
    Frontier candidate = next;
    if (candidate == null || !vector.covers(nextRestsOn)) {
      return false;
    }
    next = null;
    boolean moved = !candidate.equals(frontier);
    frontier = candidate;
    return moved;
  }

  /**
   * Completes once these rows have been handed out.
   *
   * @return fails with a {@link java.util.concurrent.TimeoutException} after the limit
   */
  @SuppressWarnings("NullAway") // the one value that Void has
  CompletableFuture<Void> await(VersionVector rows, Duration limit) {
    CompletableFuture<Void> reached = new CompletableFuture<>();
    synchronized (this) {
      if (vector.covers(rows)) {
        return CompletableFuture.completedFuture(null);
      }
      waiters.add(new Waiter(rows, reached));
    }
    return reached
        .orTimeout(Math.max(1, limit.toMillis()), TimeUnit.MILLISECONDS)
        .whenComplete((done, error) -> forget(reached));
  }

  private synchronized void forget(CompletableFuture<Void> reached) {
    waiters.removeIf(waiter -> waiter.reached() == reached);
  }
}
