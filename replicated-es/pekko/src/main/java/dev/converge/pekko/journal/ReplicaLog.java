package dev.converge.pekko.journal;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/**
 * The journal of a node, as the replication between nodes sees it: the logs of all replicas, each
 * in its order and without gaps, and small things that have to be as durable as they.
 *
 * <p>Thread-safe. What returns a stage does not block; what does not, may block on the database,
 * except {@link #self}, {@link #held} and {@link #promise()}. Failures are {@link
 * JournalException}s; nothing is stored then.
 */
public interface ReplicaLog {
  /** This replica. */
  ReplicaId self();

  /** {origin → LSN}: what is committed here, own log included. From memory; never goes back. */
  VersionVector held();

  /** The newest own promise, with the own LSN that it was given at. From memory. */
  Promise promise();

  /**
   * Promises, durably, that no own row of {@code time} or before will be committed any more; after
   * all writes that are queued now.
   */
  CompletionStage<Promise> promise(HybridTimestamp time);

  /**
   * Stores rows of other replicas (or own ones that were lost here), all or none. They are to be
   * contiguous: each the next of its log behind what is held and the rows before it, and what it
   * comes {@code after} is held or before it. What is held already is passed over.
   *
   * @return completed after the commit, and after the listeners were told; fails with an {@link
   *     IllegalArgumentException} if a row does not fit
   */
  CompletionStage<Void> store(List<LogRow> rows);

  /**
   * Writes one own row that is no event (a join record, a floor), made inside the transaction that
   * holds the row of LSN and promise.
   *
   * @param make given the newest promise and what is held; its result's time has to be later than
   *     the promise, which it sees to itself
   */
  CompletionStage<LogRow> append(BiFunction<Promise, VersionVector, LogEntry> make);

  /**
   * A page of an origin's log: rows behind {@code after}, in order; at least one if there is one,
   * then as many as the limits allow. Rows that were compacted away are left out.
   */
  List<LogRow> log(ReplicaId origin, long after, int maxRows, long maxBytes);

  /** One row; empty if it is not held, or was compacted away. */
  Optional<LogRow> row(ReplicaId origin, long lsn);

  /**
   * A page of an entity's rows in the order of their positions, behind {@code afterPosition}. For
   * repair, and for an entity that reads its tail again.
   */
  List<LogRow> entityRows(String key, long afterPosition, int maxRows);

  /** Tells {@code listener} of all commits from now on. */
  void addRowListener(RowListener listener);

  /** What was last {@link #putState put} under that name. */
  Optional<byte[]> state(String name);

  /** Stores a small value durably, in place of the one before. */
  CompletionStage<Void> putState(String name, byte[] value);
}
