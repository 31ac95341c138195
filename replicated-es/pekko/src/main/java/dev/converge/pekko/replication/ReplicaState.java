package dev.converge.pekko.replication;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.membership.ReplicaSet;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What a node's entities need to know of the replicas: may they write, what is final, who has what.
 * Thread-safe; nothing blocks.
 */
public interface ReplicaState {
  /**
   * How far all replicas are known to be. Never goes back within a process.
   *
   * @param finalTime events at or before it are final
   * @param stable {origin → LSN} that every member has
   * @param floor {origin → LSN} that every event to come counts as seen
   */
  record Frontier(HybridTimestamp finalTime, VersionVector stable, VersionVector floor) {
    /** Nothing is known. */
    public static final Frontier NONE =
        new Frontier(HybridTimestamp.ZERO, VersionVector.empty(), VersionVector.empty());
  }

  /** The newest. */
  Frontier frontier();

  /**
   * What own events count as seen, whatever a client says ({origin → LSN}). Whoever mints an event
   * takes its time first, and reads this afterwards: what is announced later than that time is
   * announced to events of later times only.
   */
  default VersionVector ownFloor() {
    return VersionVector.empty();
  }

  /** Calls {@code listener} whenever the frontier has moved, on the replication's thread. */
  void onFrontier(Runnable listener);

  /** Null if commands are accepted, else why not and what will change it, for whoever sent one. */
  @Nullable String refusesWrites();

  /** The present set of replicas; null while none is formed. */
  @Nullable ReplicaSet set();

  /**
   * Completes when so many replicas, this one included, have said that they hold all of {@code
   * rows}.
   *
   * @param replicas at least 1; 0 for a majority of the present set
   * @param rows {origin → LSN}
   * @return fails with a {@link java.util.concurrent.TimeoutException} after {@code limit}
   */
  CompletionStage<Void> heldBy(int replicas, VersionVector rows, Duration limit);

  /**
   * Asks the members what they hold.
   *
   * @return the join of what a majority holds, this replica included, asked after this call began;
   *     fails with a {@link java.util.concurrent.TimeoutException} after {@code limit}
   */
  CompletionStage<VersionVector> majorityHolds(Duration limit);
}
