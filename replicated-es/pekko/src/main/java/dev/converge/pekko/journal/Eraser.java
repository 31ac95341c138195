package dev.converge.pekko.journal;

import dev.converge.pekko.journal.ErasedEntities.Stage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Overwrites what erased entities have in the journal, in small transactions beside the writer:
 * rows keep their places and lose their contents, checkpoints go. After a crash, or an error, it
 * goes on where the table says that it is. Thread-safe.
 */
final class Eraser implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Eraser.class);
  private static final int CHUNK = 200;
  private static final long AGAIN_MILLIS = 1_000;

  private final Writing writing;
  private final LogReader reader;
  private final ErasedEntities erased;
  private final ScheduledThreadPoolExecutor worker;

  Eraser(Writing writing, LogReader reader, ErasedEntities erased) {
    this.writing = writing;
    this.reader = reader;
    this.erased = erased;
    this.worker =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "converge-eraser");
              thread.setDaemon(true);
              return thread;
            });
    worker.setKeepAliveTime(10, TimeUnit.SECONDS);
    worker.allowCoreThreadTimeOut(true);
    worker.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    erased.onDecided(() -> begin(0));
    if (!erased.at(Stage.DECIDED).isEmpty()) {
      begin(0);
    }
  }

  private void begin(long delayMillis) {
    try {
      worker.schedule(this::work, delayMillis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("closed; the next start goes on", e);
    }
  }

  private void work() {
    try {
      for (String key : erased.at(Stage.DECIDED)) {
        erase(key);
        LOG.info("{} is erased from the journal", key);
      }
    } catch (SQLException | RuntimeException e) {
      LOG.warn("an erasure goes on later: {}", e.getMessage());
      begin(AGAIN_MILLIS);
    }
  }

  /** O(rows of the entity). What comes from now on is stored without contents. */
  private void erase(String key) throws SQLException {
    writing.transaction(
        connection ->
            LogInserts.run(
                connection, "DELETE FROM \"snapshot\" WHERE \"persistence_id\" = ?", key));
    long next = 1;
    while (true) {
      // Read as anybody reads them now, that is without contents.
      List<StoredRow> rows = reader.rows(key, next, Long.MAX_VALUE, CHUNK);
      if (rows.isEmpty()) {
        break;
      }
      writing.transaction(connection -> overwrite(connection, rows));
      next = rows.get(rows.size() - 1).position() + 1;
    }
    reach(key, Stage.IN_JOURNAL);
  }

  private static int overwrite(Connection connection, List<StoredRow> rows) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE \"event_log\" SET \"event_payload\" = ?, \"crc\" = ? WHERE \"position\" = ?")) {
      for (StoredRow row : rows) {
        Integer check = row.check();
        update.setBytes(1, row.payload());
        update.setInt(2, check == null ? 0 : check);
        update.setLong(3, row.position());
        update.addBatch();
      }
      update.executeBatch();
    }
    return rows.size();
  }

  private void reach(String key, Stage stage) throws SQLException {
    writing.transaction(
        connection -> {
          ErasedEntities.write(connection, key, stage);
          return key;
        });
    erased.reached(key, stage);
  }

  /** The archive has nothing of these entities any more. */
  void archived(Set<String> keys) throws SQLException {
    for (String key : keys) {
      reach(key, Stage.DONE);
    }
  }

  /** Ends after what is under way. */
  @Override
  public void close() {
    worker.shutdown();
    try {
      if (!worker.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("an erasure under way has not ended in time; the next start goes on");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
