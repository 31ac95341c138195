package dev.converge.pekko.journal;

import dev.converge.pekko.wire.ConvergeSerializer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is read from the table of snapshots, and deleted by actors. Thread-safe; blocks. */
final class Snapshots {
  private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);

  private final DataSource source;
  private final Writing writing;

  Snapshots(DataSource source, Writing writing) {
    this.source = source;
    this.writing = writing;
  }

  /**
   * The newest snapshot of an actor in a range; null if there is none.
   *
   * @throws DamagedRowException if it is not what was stored
   */
  @Nullable Snapshot newest(String persistenceId, long from, long to, long fromTime, long toTime)
      throws SQLException {
    try (Connection connection = source.getConnection()) {
      return SnapshotSql.newest(connection, persistenceId, from, to, fromTime, toTime);
    }
  }

  /** The positions of an entity's checkpoints, newest first. */
  List<Long> positions(String persistenceId) throws SQLException {
    try (Connection connection = source.getConnection()) {
      return SnapshotSql.checkpoints(connection, persistenceId);
    }
  }

  /** All readable checkpoints of an entity, newest first. */
  List<StoredCheckpoint> checkpoints(String persistenceId) throws SQLException {
    try (Connection connection = source.getConnection()) {
      List<StoredCheckpoint> found = new ArrayList<>();
      for (long position : SnapshotSql.checkpoints(connection, persistenceId)) {
        try {
          Snapshot snapshot =
              SnapshotSql.newest(
                  connection, persistenceId, position, position, Long.MIN_VALUE, Long.MAX_VALUE);
          if (snapshot != null) {
            found.add(new StoredCheckpoint(snapshot.payload(), position));
          }
        } catch (DamagedRowException e) {
          LOG.warn("{}", e.getMessage());
        }
      }
      return found;
    }
  }

  /** Deletes an actor's snapshots in a range. Checkpoints stay: the journal may rest on them. */
  void deletePlain(String persistenceId, long from, long to, long fromTime, long toTime)
      throws SQLException {
    writing.transaction(
        connection ->
            LogInserts.run(
                connection,
                "DELETE FROM \"snapshot\" WHERE \"persistence_id\" = ?"
                    + " AND \"sequence_number\" BETWEEN ? AND ? AND \"created\" BETWEEN ? AND ?"
                    + " AND NOT (\"snapshot_ser_id\" = ? AND \"snapshot_ser_manifest\" = ?)",
                persistenceId,
                from,
                to,
                fromTime,
                toTime,
                ConvergeSerializer.IDENTIFIER,
                Snapshot.CHECKPOINT));
  }
}
