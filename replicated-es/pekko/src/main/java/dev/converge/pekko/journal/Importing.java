package dev.converge.pekko.journal;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * The steps by which an empty replica takes in what another has stored. Rows and checkpoints keep
 * the positions that they have there; nothing is held before the last step. Used by one thread.
 */
sealed interface Importing extends Job {
  /** Drops what an earlier attempt left. */
  record Begin(EntityIndex index, ErasedEntities erased, CompletableFuture<Void> done)
      implements Importing {
    @Override
    public String what() {
      return "the beginning of a transfer";
    }

    @Override
    public long bytes() {
      return 0;
    }

    @Override
    @SuppressWarnings("NullAway") // the one value that Void has
    public Runnable plan(Batch batch) {
      requireNew(batch.head());
      batch.also(Begin::clear);
      return () -> {
        index.clear();
        erased.clear();
        done.complete(null);
      };
    }

    private static void clear(Connection connection) throws SQLException {
      LogInserts.run(connection, "DELETE FROM \"event_log\"");
      LogInserts.run(connection, "DELETE FROM \"entity_run\"");
      LogInserts.run(
          connection,
          "DELETE FROM \"snapshot\" WHERE \"snapshot_ser_manifest\" = ?",
          Snapshot.CHECKPOINT);
      LogInserts.run(connection, "DELETE FROM \"log_compacted\"");
      LogInserts.run(connection, "DELETE FROM \"erased_entity\"");
    }
  }

  /** Takes in a page. */
  record Page(TransferForm.Page page, ReplicaTable replicas, CompletableFuture<Void> done)
      implements Importing {
    @Override
    public String what() {
      return "a page of a transfer";
    }

    @Override
    public long bytes() {
      long sum = 0;
      for (Placed row : page.rows()) {
        sum += row.payload().length;
      }
      for (Snapshot checkpoint : page.checkpoints()) {
        sum += checkpoint.payload().length;
      }
      return sum;
    }

    /** Whose numbers the rows need. */
    TreeSet<ReplicaId> named() {
      TreeSet<ReplicaId> named = new TreeSet<>(page.fullFrom().keySet());
      for (Placed row : page.rows()) {
        ReplicaId origin = row.origin();
        if (origin != null) {
          named.add(origin);
        }
        named.addAll(row.after().entries().keySet());
      }
      return named;
    }

    @Override
    @SuppressWarnings("NullAway") // the one value that Void has
    public Runnable plan(Batch batch) {
      requireNew(batch.head());
      batch.imports(page.rows());
      page.checkpoints().forEach(batch::save);
      batch.also(this::fullFrom);
      return () -> done.complete(null);
    }

    private void fullFrom(Connection connection) throws SQLException {
      for (Map.Entry<ReplicaId, Long> log : page.fullFrom().entrySet()) {
        LogInserts.run(
            connection,
            "INSERT INTO \"log_compacted\" (\"origin\", \"full_from\") VALUES (?, ?)",
            replicas.numberOf(log.getKey()),
            log.getValue());
      }
    }
  }

  /**
   * From here on it is held.
   *
   * @param nextPosition behind all that came
   */
  record End(
      VersionVector held,
      long nextPosition,
      Map<String, byte[]> states,
      CompletableFuture<Void> done)
      implements Importing {
    @Override
    public String what() {
      return "the end of a transfer";
    }

    @Override
    public boolean isForced() {
      return true;
    }

    @Override
    public long bytes() {
      return 0;
    }

    @Override
    @SuppressWarnings("NullAway") // the one value that Void has
    public Runnable plan(Batch batch) {
      requireNew(batch.head());
      batch.take(batch.head().imported(held, nextPosition));
      long last = batch.head().nextPosition() - 1;
      batch.also(connection -> LogInserts.run(connection, LogSql.SET_INDEXED, last));
      states.forEach(batch::put);
      return () -> done.complete(null);
    }
  }

  private static void requireNew(LogHead head) {
    if (head.nextLsn() > 1 || !head.others().isEmpty()) {
      throw new IllegalStateException(
          "only an empty replica takes in another's rows; this one holds " + head.held());
    }
  }
}
