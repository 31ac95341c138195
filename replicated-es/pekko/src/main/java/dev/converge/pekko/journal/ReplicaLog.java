package dev.converge.pekko.journal;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/**
 * The journal of a node, as the replication between nodes sees it: the logs of all replicas, each
 * in its order and without gaps, and small things that have to be as durable as they.
 *
 * <p>Thread-safe. What returns a stage does not block; what does not, may block on the database,
 * except {@link #self}, {@link #held} and {@link #promise()}. Failures are {@link
 * JournalException}s; nothing is stored then. Whatever is written is committed in the order of the
 * calls, also {@link #putState} and {@link #promise(HybridTimestamp)} after {@link #store}.
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
   * Writes own events of an entity, all or none.
   *
   * @param key the entity
   * @param events at least one
   * @return completed after the commit, and after the listeners were told; fails with a {@link
   *     FencedException} if an event is not later than what was promised, with an {@link
   *     ErasedException} if the entity is erased
   */
  CompletionStage<Void> write(String key, List<EventRecord> events);

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

  /**
   * Whether an entity is erased: a record of that, or a row without contents, is committed here.
   * From memory. From then on no row of it that is read here has contents, and writes of it fail
   * with an {@link ErasedException}.
   */
  default boolean isErased(String key) {
    return false;
  }

  /** The first record that an entity is erased; empty while none has come. From memory. */
  default Optional<EventRecord> erasure(String key) {
    return Optional.empty();
  }

  /** Tells {@code listener} of all commits from now on. */
  void addRowListener(RowListener listener);

  /**
   * Rows that are no events (join records, floors), of all origins, in the order of their
   * positions, behind {@code afterPosition}. They are never compacted away.
   */
  List<LogRow> marks(long afterPosition, int maxRows);

  /**
   * A page of all that is stored here, for a replica that joins.
   *
   * @param body part of it, for {@link #importPage}
   * @param cursor where the next page begins; empty after the last
   * @param held with the last page: {origin → LSN} that all pages together hold, else empty
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record ExportPage(byte[] body, byte[] cursor, VersionVector held) {}

  /**
   * Reads a page: first the newest checkpoint of each entity, then, in the order of their
   * positions, the rows that are kept, up to what is there when the last page is read. From the
   * first page until some minutes after the last that was asked for, nothing is compacted away.
   *
   * @param cursor empty for the first page, then that of the page before
   * @throws IllegalArgumentException if the cursor is none, or too old
   */
  ExportPage exportPage(byte[] cursor, int maxBytes);

  /** Begins to take in what another replica exports; drops what an earlier attempt left. */
  CompletionStage<Void> importBegin();

  /** Takes in a page; it is not part of what is {@link #held} yet. */
  CompletionStage<Void> importPage(byte[] body);

  /**
   * All pages have come: in one transaction they become what is stored here, and these values are
   * {@linkplain #putState put}. Listeners are not told. Fails if own rows are here.
   *
   * @param held of the last page
   */
  CompletionStage<Void> importEnd(VersionVector held, Map<String, byte[]> states);

  /** What was last {@link #putState put} under that name. */
  Optional<byte[]> state(String name);

  /** Stores a small value durably, in place of the one before. */
  CompletionStage<Void> putState(String name, byte[] value);
}
