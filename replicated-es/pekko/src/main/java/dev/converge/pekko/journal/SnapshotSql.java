package dev.converge.pekko.journal;

import dev.converge.pekko.wire.ConvergeSerializer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Statements on the table of snapshots. */
final class SnapshotSql {
  private static final String INSERT =
      "INSERT INTO \"snapshot\" (\"persistence_id\", \"sequence_number\", \"created\","
          + " \"snapshot_ser_id\", \"snapshot_ser_manifest\", \"snapshot_payload\", \"crc\")"
          + " VALUES (?, ?, ?, ?, ?, ?, ?)";

  private SnapshotSql() {}

  /**
   * Stores a snapshot in place of one at the same position. Of checkpoints there stay the newest
   * two, and the two oldest: one that compaction rests on, and the one that it will rest on next.
   */
  static void save(Connection connection, Snapshot snapshot) throws SQLException {
    LogInserts.run(
        connection,
        "DELETE FROM \"snapshot\" WHERE \"persistence_id\" = ? AND \"sequence_number\" = ?",
        snapshot.persistenceId(),
        snapshot.position());
    LogInserts.run(
        connection,
        INSERT,
        snapshot.persistenceId(),
        snapshot.position(),
        snapshot.created(),
        snapshot.serializer(),
        snapshot.manifest(),
        snapshot.payload(),
        RowCheck.of(snapshot.payload()));
    if (snapshot.isCheckpoint()) {
      List<Long> positions = checkpoints(connection, snapshot.persistenceId());
      for (int i = 2; i < positions.size() - 2; i++) {
        delete(connection, snapshot.persistenceId(), positions.get(i));
      }
    }
  }

  /** Deletes the checkpoints before {@code base}, if that is there. */
  static void prune(Connection connection, String persistenceId, long base) throws SQLException {
    List<Long> positions = checkpoints(connection, persistenceId);
    if (positions.contains(base)) {
      for (long position : positions) {
        if (position < base) {
          delete(connection, persistenceId, position);
        }
      }
    }
  }

  private static void delete(Connection connection, String persistenceId, long position)
      throws SQLException {
    LogInserts.run(
        connection,
        "DELETE FROM \"snapshot\" WHERE \"persistence_id\" = ? AND \"sequence_number\" = ?",
        persistenceId,
        position);
  }

  /** Positions of an entity's checkpoints, newest first. */
  static List<Long> checkpoints(Connection connection, String persistenceId) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT \"sequence_number\" FROM \"snapshot\" WHERE \"persistence_id\" = ?"
                + " AND \"snapshot_ser_id\" = ? AND \"snapshot_ser_manifest\" = ?"
                + " ORDER BY \"sequence_number\" DESC")) {
      query.setString(1, persistenceId);
      query.setInt(2, ConvergeSerializer.IDENTIFIER);
      query.setString(3, Snapshot.CHECKPOINT);
      try (ResultSet rows = query.executeQuery()) {
        List<Long> positions = new ArrayList<>();
        while (rows.next()) {
          positions.add(rows.getLong(1));
        }
        return positions;
      }
    }
  }

  /**
   * The newest snapshot of an actor in a range, as far as it is readable.
   *
   * @throws DamagedRowException if it is not what was stored
   * @return null if there is none
   */
  static @Nullable Snapshot newest(
      Connection connection, String persistenceId, long from, long to, long fromTime, long toTime)
      throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT \"sequence_number\", \"created\", \"snapshot_ser_id\","
                + " \"snapshot_ser_manifest\", \"snapshot_payload\", \"crc\" FROM \"snapshot\""
                + " WHERE \"persistence_id\" = ? AND \"sequence_number\" BETWEEN ? AND ?"
                + " AND \"created\" BETWEEN ? AND ? ORDER BY \"sequence_number\" DESC LIMIT 1")) {
      query.setString(1, persistenceId);
      query.setLong(2, from);
      query.setLong(3, to);
      query.setLong(4, fromTime);
      query.setLong(5, toTime);
      try (ResultSet row = query.executeQuery()) {
        if (!row.next()) {
          return null;
        }
        byte[] payload = row.getBytes(5);
        int check = row.getInt(6);
        if (!row.wasNull() && check != RowCheck.of(payload)) {
          throw new DamagedRowException(
              persistenceId, row.getLong(1), null, 0, "its snapshot has a wrong checksum", null);
        }
        return new Snapshot(
            persistenceId,
            row.getLong(1),
            row.getLong(2),
            row.getInt(3),
            row.getString(4),
            payload);
      }
    }
  }
}
