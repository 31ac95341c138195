package dev.converge.pekko.journal;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.wire.EventRecordCodec;
import dev.converge.pekko.wire.LoggedEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/**
 * What is read from a replica's log: an entity's rows by their sequence numbers, and an origin's
 * rows by their log numbers. Page by page, so that neither memory nor a transaction grows with the
 * journal. Thread-safe; every method blocks on the database.
 */
final class LogReader {
  private static final int PAGE = 500;

  private final DataSource source;
  private final ReplicaTable replicas;

  LogReader(DataSource source, ReplicaTable replicas) {
    this.source = source;
    this.replicas = replicas;
  }

  /**
   * One stored row.
   *
   * @param sequence the entity's sequence number of persistence
   * @param lsn the number in its origin's log; 0 if it has none, or none that is known here
   * @param serializer identifier of the serializer that wrote {@code payload}
   * @param manifest that serializer's manifest
   * @param payload the bytes
   * @param adapterManifest the event adapter's manifest; mostly empty
   * @param writer Pekko's id of the writing actor's life
   * @param timestamp wall milliseconds
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
  record Stored(
      long sequence,
      long lsn,
      int serializer,
      String manifest,
      byte[] payload,
      String adapterManifest,
      String writer,
      long timestamp) {}

  /**
   * An entity's rows of sequence numbers {@code from} to {@code to}, in ascending order; at most
   * {@code limit}, and one page. Rows deleted are left out.
   */
  List<Stored> rows(String persistenceId, long from, long to, long limit) throws SQLException {
    try (Connection connection = source.getConnection();
        PreparedStatement query =
            connection.prepareStatement(
                "SELECT \"sequence_number\", \"lsn\", \"event_ser_id\", \"event_ser_manifest\","
                    + " \"event_payload\", \"adapter_manifest\", \"writer\", \"write_timestamp\" FROM \"event_log\""
                    + " WHERE \"persistence_id\" = ? AND \"sequence_number\" BETWEEN ? AND ?"
                    + " AND NOT \"deleted\" ORDER BY \"sequence_number\" LIMIT ?")) {
      query.setString(1, persistenceId);
      query.setLong(2, from);
      query.setLong(3, to);
      query.setLong(4, Math.min(limit, PAGE));
      try (ResultSet rows = query.executeQuery()) {
        List<Stored> page = new ArrayList<>();
        while (rows.next()) {
          page.add(
              new Stored(
                  rows.getLong(1),
                  rows.getLong(2),
                  rows.getInt(3),
                  rows.getString(4),
                  rows.getBytes(5),
                  rows.getString(6),
                  rows.getString(7),
                  rows.getLong(8)));
        }
        return page;
      }
    }
  }

  /** An entity's highest sequence number, deleted rows included; 0 if it has none. */
  long highestSequence(String persistenceId) throws SQLException {
    try (Connection connection = source.getConnection();
        PreparedStatement query =
            connection.prepareStatement(
                "SELECT MAX(\"sequence_number\") FROM \"event_log\" WHERE \"persistence_id\" = ?")) {
      query.setString(1, persistenceId);
      try (ResultSet rows = query.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  /**
   * Deletes an entity's rows up to {@code to}. The last row of all stays, marked, so that its
   * number is never given again.
   */
  void delete(String persistenceId, long to) throws SQLException {
    try (Connection connection = source.getConnection()) {
      connection.setAutoCommit(false);
      update(
          connection,
          "UPDATE \"event_log\" SET \"deleted\" = TRUE WHERE \"persistence_id\" = ?"
              + " AND \"sequence_number\" <= ?",
          persistenceId,
          to);
      update(
          connection,
          "DELETE FROM \"event_log\" WHERE \"persistence_id\" = ? AND \"sequence_number\" < ?"
              + " AND \"deleted\"",
          persistenceId,
          highestSequence(persistenceId));
      connection.commit();
    }
  }

  private static void update(Connection connection, String statement, String id, long number)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(statement)) {
      update.setString(1, id);
      update.setLong(2, number);
      update.executeUpdate();
    }
  }

  /**
   * An origin's events behind {@code after}, in the order of its log: one page of at most {@code
   * limit}.
   */
  List<Map.Entry<String, LoggedEvent>> log(ReplicaId origin, long after, int limit)
      throws SQLException {
    Integer number = replicas.all().get(origin);
    if (number == null) {
      return List.of();
    }
    try (Connection connection = source.getConnection();
        PreparedStatement query =
            connection.prepareStatement(
                "SELECT \"persistence_id\", \"lsn\", \"event_payload\" FROM \"event_log\""
                    + " WHERE \"origin\" = ? AND \"lsn\" > ? ORDER BY \"lsn\" LIMIT ?")) {
      query.setInt(1, number);
      query.setLong(2, after);
      query.setInt(3, limit);
      try (ResultSet rows = query.executeQuery()) {
        List<Map.Entry<String, LoggedEvent>> page = new ArrayList<>();
        while (rows.next()) {
          page.add(
              Map.entry(
                  rows.getString(1),
                  new LoggedEvent(EventRecordCodec.decode(rows.getBytes(3)), rows.getLong(2))));
        }
        return page;
      }
    }
  }
}
