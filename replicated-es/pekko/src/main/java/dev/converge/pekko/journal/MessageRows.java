package dev.converge.pekko.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * The messages of ordinary persistent actors, which are in no log. Thread-safe; every method blocks
 * on the database.
 */
final class MessageRows {
  // Ordered by all columns of the index, or H2 reads and sorts all that is left, for each page.
  static final String ROWS =
      "SELECT "
          + StoredRow.MESSAGE
          + " FROM \"message_log\" WHERE \"persistence_id\" = ?"
          + " AND \"sequence_number\" BETWEEN ? AND ? AND NOT \"deleted\""
          + " ORDER BY \"persistence_id\", \"sequence_number\" LIMIT ?";

  /** MAX would read all rows of the actor. */
  static final String HIGHEST =
      "SELECT \"sequence_number\" FROM \"message_log\" WHERE \"persistence_id\" = ?"
          + " ORDER BY \"persistence_id\" DESC, \"sequence_number\" DESC LIMIT 1";

  private final DataSource source;
  private final Writing writing;

  MessageRows(DataSource source, Writing writing) {
    this.source = source;
    this.writing = writing;
  }

  /**
   * An actor's messages in a range, in ascending order, at most {@code limit}. Deleted ones are
   * left out. Not verified.
   */
  List<StoredRow> rows(String persistenceId, long from, long to, int limit) throws SQLException {
    try (Connection connection = source.getConnection();
        PreparedStatement query = connection.prepareStatement(ROWS)) {
      query.setString(1, persistenceId);
      query.setLong(2, from);
      query.setLong(3, to);
      query.setInt(4, limit);
      List<StoredRow> page = new ArrayList<>();
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          page.add(StoredRow.message(rows));
        }
      }
      return page;
    }
  }

  /** An actor's highest sequence number, deleted messages included; 0 if it has none. */
  long highestSequence(String persistenceId) throws SQLException {
    try (Connection connection = source.getConnection()) {
      return highest(connection, persistenceId);
    }
  }

  private static long highest(Connection connection, String persistenceId) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(HIGHEST)) {
      query.setString(1, persistenceId);
      try (ResultSet rows = query.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }

  /**
   * Deletes an actor's messages up to {@code to}. The last one of all stays, marked, so that its
   * number is never given again.
   */
  void delete(String persistenceId, long to) throws SQLException {
    writing.transaction(
        connection -> {
          LogInserts.run(
              connection,
              "UPDATE \"message_log\" SET \"deleted\" = TRUE WHERE \"persistence_id\" = ?"
                  + " AND \"sequence_number\" <= ?",
              persistenceId,
              to);
          return LogInserts.run(
              connection,
              "DELETE FROM \"message_log\" WHERE \"persistence_id\" = ? AND \"sequence_number\" < ?"
                  + " AND \"deleted\"",
              persistenceId,
              highest(connection, persistenceId));
        });
  }
}
