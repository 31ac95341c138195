package dev.converge.pekko.journal;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Carries the tables of version 2 over, which had one table for events and messages, found by
 * persistence id. Positions and log numbers stay what they were.
 */
final class OldLog {
  private OldLog() {}

  /** Gives the old table another name, unless an attempt before has. */
  static void putAside(Statement statement) throws SQLException {
    try (ResultSet row =
        statement.executeQuery(
            "SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME = 'event_log_2'"
                + " AND TABLE_SCHEMA = CURRENT_SCHEMA")) {
      row.next();
      if (row.getInt(1) > 0) {
        return;
      }
    }
    statement.execute("DROP INDEX IF EXISTS \"event_log_lsn\"");
    statement.execute("ALTER TABLE \"event_log\" RENAME TO \"event_log_2\"");
  }

  /** Copies all rows, in the transaction that is open. O(rows). */
  static void copy(Statement statement) throws SQLException {
    statement.execute(
        "INSERT INTO \"event_log\" (\"position\", \"persistence_id\", \"kind\", \"origin\","
            + " \"lsn\", \"hlc\", \"after\", \"crc\", \"event_payload\")"
            + " SELECT \"sequence_number\", \"persistence_id\", \"kind\", \"origin\", \"lsn\","
            + " \"hlc\", \"after\", \"crc\", \"event_payload\" FROM \"event_log_2\""
            + " WHERE \"kind\" <> 0 ORDER BY \"sequence_number\"");
    statement.execute(
        "INSERT INTO \"message_log\" (\"persistence_id\", \"sequence_number\", \"crc\","
            + " \"deleted\", \"event_payload\", \"event_ser_id\", \"event_ser_manifest\","
            + " \"adapter_manifest\", \"writer\", \"write_timestamp\")"
            + " SELECT \"persistence_id\", \"sequence_number\", \"crc\", \"deleted\","
            + " \"event_payload\", \"event_ser_id\", \"event_ser_manifest\","
            + " \"adapter_manifest\", \"writer\", \"write_timestamp\" FROM \"event_log_2\""
            + " WHERE \"kind\" = 0");
  }
}
