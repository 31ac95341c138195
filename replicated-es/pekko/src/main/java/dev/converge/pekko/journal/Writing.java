package dev.converge.pekko.journal;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * The way to write to a database: connections of their own, and {@link OneWriter turns}. All that
 * writes goes through here. Thread-safe; blocks on the database.
 *
 * @param turns the one of this database
 * @param source connections, without the settings of a transaction
 */
record Writing(OneWriter turns, DataSource source) {
  /** What a transaction does. */
  interface Work<T> {
    T run(Connection connection) throws SQLException;
  }

  /**
   * Runs a transaction, in turn.
   *
   * @throws SQLException if it did not take place
   */
  <T> T transaction(Work<T> work) throws SQLException {
    try (OneWriter.Turn turn = turns.take();
        Connection connection = source.getConnection()) {
      connection.setAutoCommit(false);
      try {
        T result = work.run(connection);
        turn.commit(connection);
        return result;
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      }
    }
  }
}
