package dev.converge.node.store;

import dev.converge.crdt.ORMap;
import dev.converge.crdt.Variant;
import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotStore;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.pekko.journal.DatabaseAddress;
import dev.converge.pekko.journal.JournalException;
import dev.converge.pekko.journal.Tables;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.util.ByteString;

/**
 * Where a store is kept: per bucket, rows of deltas whose join is the bucket. Changes only add
 * rows; when those of a bucket have grown well beyond what it holds, they are replaced by its
 * state. So what is written is a small multiple of what has changed, however large a value is.
 *
 * <p>Not thread-safe, but for {@link #close} and {@link #nextNumber}.
 */
public final class StoreDatabase implements AutoCloseable {
  private static final String TABLE =
      "CREATE TABLE IF NOT EXISTS \"store_part\" (\"bucket\" INT NOT NULL, \"number\" BIGINT NOT"
          + " NULL, \"kind\" INT NOT NULL, \"body\" BLOB NOT NULL, PRIMARY KEY (\"bucket\","
          + " \"number\"))";

  /** A delta, to be joined. */
  private static final int DELTA = 0;

  /** What was seen, to be taken over when all deltas are joined. */
  private static final int SEEN = 1;

  private static final int PIECE_BYTES = 1 << 20;
  private static final long SMALL_BYTES = 16 << 10;
  private static final int MANY_ROWS = 32;

  /** All that is in it is in memory anyway. */
  private static final int CACHE_KIB = 4_096;

  private final Tables tables;
  private final long[] baseBytes = new long[Buckets.COUNT];
  private final long[] addedBytes = new long[Buckets.COUNT];
  private final int[] addedRows = new int[Buckets.COUNT];
  private final AtomicLong nextNumber = new AtomicLong(1);
  private final IdleTable idle;

  private StoreDatabase(Tables tables) {
    this.tables = tables;
    this.idle = new IdleTable(tables);
  }

  /** The number of the next row: those below are written, or about to be. */
  long nextNumber() {
    return nextNumber.get();
  }

  /** When keys were last written. For one thread. */
  IdleTable idle() {
    return idle;
  }

  /**
   * The database in the H2 file {@code store} of {@code folder}, or a new one.
   *
   * @param isFlushed whether commits are forced to the disk, against loss of power
   * @throws StoreDatabaseException if it cannot be opened
   */
  public static StoreDatabase open(Path folder, boolean isFlushed) {
    return at(Tables.file(folder, "store", isFlushed).caching(CACHE_KIB));
  }

  /**
   * The tables in the database at {@code address}; if that is H2, in a file of their own.
   *
   * @throws StoreDatabaseException if it cannot be opened
   */
  public static StoreDatabase at(DatabaseAddress address) {
    try {
      return new StoreDatabase(Tables.open(address, List.of(TABLE, IdleTable.TABLE)));
    } catch (JournalException e) {
      throw new StoreDatabaseException("the store's database: " + e.getMessage(), e);
    }
  }

  // Reading

  private record Row(int kind, ByteString body) {}

  /**
   * Puts all that is kept into an empty store.
   *
   * @throws StoreDatabaseException if it cannot be read
   */
  void load(LocalStore store) {
    try {
      IdleTable.Stored known =
          store.idle().isEmpty() ? new IdleTable.Stored(0, 0, Map.of()) : idle.read();
      BitSet unknown = new BitSet();
      List<CompletableFuture<Void>> loading =
          tables.read(connection -> load(connection, store, known.knownTo(), unknown));
      CompletableFuture.allOf(loading.toArray(CompletableFuture[]::new)).join();
      if (!store.idle().isEmpty()) {
        loadIdle(store, known, unknown);
      }
    } catch (SQLException | CompletionException e) {
      throw new StoreDatabaseException("the store's database cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * @param unknown buckets with changes of which it is not stored when they were, as after a crash
   */
  private static void loadIdle(LocalStore store, IdleTable.Stored known, BitSet unknown) {
    store.idle().countTo(known.counted());
    Map<String, Long> changed = new HashMap<>();
    store.forEachKey(
        key -> {
          Long at = unknown.get(Buckets.of(key)) ? null : known.keys().get(key);
          changed.put(key, at == null ? Long.valueOf(known.counted()) : at);
        });
    store.idle().load(changed);
  }

  /**
   * @param knownTo from this row on
   * @param unknown gets the buckets of such rows
   */
  private List<CompletableFuture<Void>> load(
      Connection connection, LocalStore store, long knownTo, BitSet unknown) throws SQLException {
    List<CompletableFuture<Void>> loading = new ArrayList<>();
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT \"bucket\", \"number\", \"kind\", \"body\" FROM \"store_part\" ORDER BY"
                + " \"bucket\", \"number\"")) {
      query.setFetchSize(500);
      try (ResultSet rows = query.executeQuery()) {
        int bucket = -1;
        List<Row> parts = new ArrayList<>();
        while (rows.next()) {
          if (rows.getInt(1) != bucket) {
            load(store, bucket, parts, loading);
            bucket = rows.getInt(1);
            parts = new ArrayList<>();
          }
          nextNumber.accumulateAndGet(rows.getLong(2) + 1, Math::max);
          if (rows.getLong(2) >= knownTo) {
            unknown.set(bucket);
          }
          Row row = new Row(rows.getInt(3), ByteString.fromArrayUnsafe(rows.getBytes(4)));
          parts.add(row);
          addedBytes[bucket] += row.body().size();
          addedRows[bucket]++;
        }
        load(store, bucket, parts, loading);
      }
    }
    return loading;
  }

  private static void load(
      LocalStore store, int bucket, List<Row> parts, List<CompletableFuture<Void>> loading) {
    if (!parts.isEmpty()) {
      loading.add(
          CompletableFuture.runAsync(
              () -> store.load(bucket, joined(parts)), ForkJoinPool.commonPool()));
    }
  }

  private static ORMap<String, Variant> joined(List<Row> parts) {
    ORMap<String, Variant> state = Buckets.EMPTY;
    CausalContext seen = CausalContext.empty();
    for (Row part : parts) {
      ORMap<String, Variant> delta = BucketCodec.decode(part.body().toArrayUnsafe());
      if (part.kind() == SEEN) {
        seen = seen.merge(Buckets.context(delta));
      } else {
        state = state == Buckets.EMPTY ? delta : state.merge(delta);
      }
    }
    return Buckets.widened(state, Buckets.context(state).merge(seen));
  }

  // Writing

  /**
   * What is to be written of one bucket.
   *
   * @param taken what is new
   * @param deltas its deltas, encoded
   */
  record Change(LocalStore.Taken taken, List<byte[]> deltas) {}

  /**
   * Writes all of it in one transaction, or throws.
   *
   * @param changes no bucket twice: the rows of an earlier change must not stand beside the state
   *     that takes their place
   */
  void write(List<Change> changes) throws SQLException {
    BitSet buckets = new BitSet();
    for (Change change : changes) {
      if (buckets.get(change.taken().bucket())) {
        throw new IllegalArgumentException("bucket " + change.taken().bucket() + " comes twice");
      }
      buckets.set(change.taken().bucket());
    }
    long first = nextNumber.get();
    List<Runnable> accounts = new ArrayList<>();
    tables.write(
        connection -> {
          try (PreparedStatement insert =
                  connection.prepareStatement("INSERT INTO \"store_part\" VALUES (?, ?, ?, ?)");
              PreparedStatement delete =
                  connection.prepareStatement(
                      "DELETE FROM \"store_part\" WHERE \"bucket\" = ? AND \"number\" < ?")) {
            for (Change change : changes) {
              accounts.add(write(change, first, insert, delete));
            }
            delete.executeBatch();
            insert.executeBatch();
          }
          return accounts.size();
        });
    accounts.forEach(Runnable::run);
  }

  private Runnable write(
      Change change, long first, PreparedStatement insert, PreparedStatement delete)
      throws SQLException {
    int bucket = change.taken().bucket();
    LocalBucket.Unsaved unsaved = change.taken().unsaved();
    long bytes = 0;
    for (byte[] delta : change.deltas()) {
      bytes += delta.length;
    }
    if (isGrown(bucket, bytes)) {
      delete.setInt(1, bucket);
      delete.setLong(2, first);
      delete.addBatch();
      long all = writeAll(bucket, unsaved.state(), insert);
      return () -> {
        baseBytes[bucket] = all;
        addedBytes[bucket] = 0;
        addedRows[bucket] = 0;
      };
    }
    int rows = change.deltas().size();
    for (byte[] delta : change.deltas()) {
      add(bucket, DELTA, delta, insert);
    }
    if (unsaved.isWidened()) {
      bytes += writeSeen(bucket, unsaved.state(), insert);
      rows++;
    }
    long addedNow = bytes;
    int rowsNow = rows;
    return () -> {
      addedBytes[bucket] += addedNow;
      addedRows[bucket] += rowsNow;
    };
  }

  private boolean isGrown(int bucket, long more) {
    return addedBytes[bucket] + more > Math.max(SMALL_BYTES, 2 * baseBytes[bucket])
        || addedRows[bucket] > MANY_ROWS;
  }

  private long writeAll(int bucket, ORMap<String, Variant> state, PreparedStatement insert)
      throws SQLException {
    long bytes = writeSeen(bucket, state, insert);
    DotRuns alive = DotRuns.of(Buckets.store(state));
    for (ORMap<String, Variant> piece : Pieces.of(state, alive, PIECE_BYTES, Long.MAX_VALUE)) {
      byte[] body = BucketCodec.encode(piece);
      add(bucket, DELTA, body, insert);
      bytes += body.length;
    }
    return bytes;
  }

  private long writeSeen(int bucket, ORMap<String, Variant> state, PreparedStatement insert)
      throws SQLException {
    byte[] body =
        BucketCodec.encode(
            Buckets.TYPE.restoreUnchecked(
                Causal.of(DotMap.<String, DotStore>none(), Buckets.context(state))));
    add(bucket, SEEN, body, insert);
    return body.length;
  }

  private void add(int bucket, int kind, byte[] body, PreparedStatement insert)
      throws SQLException {
    insert.setInt(1, bucket);
    insert.setLong(2, nextNumber.getAndIncrement());
    insert.setInt(3, kind);
    insert.setBytes(4, body);
    insert.addBatch();
  }

  /** Closes the connections. */
  @Override
  public void close() {
    tables.close();
  }
}
