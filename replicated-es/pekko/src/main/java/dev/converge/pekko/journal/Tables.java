package dev.converge.pekko.journal;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tables for other data of a node than its journal, with what the journal's promises rest on: on H2
 * one transaction at a time writes, and what is committed survives a kill at any moment. An H2 file
 * must not be a journal's or that of other tables: writers of two objects would not take turns.
 *
 * <p>Thread-safe. Every method blocks on the database.
 */
public final class Tables implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Tables.class);

  private final HikariDataSource pool;
  private final Writing writing;

  /** What a transaction does. */
  public interface Work<T> {
    /** Runs it, on a connection without auto-commit that is not to be kept. */
    T run(Connection connection) throws SQLException;
  }

  private Tables(HikariDataSource pool, Writing writing) {
    this.pool = pool;
    this.writing = writing;
  }

  /**
   * Opens a database and creates the tables.
   *
   * @param address an H2 file of their own, or a PostgreSQL database
   * @param ddl statements that create what is not there, with the type names of H2
   * @throws JournalException if it cannot be opened
   */
  public static Tables open(DatabaseAddress address, List<String> ddl) {
    HikariDataSource pool;
    try {
      pool = new HikariDataSource(address.writers());
    } catch (RuntimeException e) {
      throw new JournalException("cannot open " + address.url() + ": " + e.getMessage(), e);
    }
    Tables tables =
        new Tables(pool, new Writing(new OneWriter(address.dialect(), address.flushed()), pool));
    try {
      tables.write(
          connection -> {
            try (Statement statement = connection.createStatement()) {
              for (String each : ddl) {
                statement.execute(address.dialect().ddl(each));
              }
            }
            return ddl.size();
          });
      return tables;
    } catch (SQLException e) {
      pool.close();
      throw new JournalException(
          "cannot create tables in " + address.url() + ": " + e.getMessage(), e);
    }
  }

  /**
   * The address of the H2 file {@code name} in {@code folder}.
   *
   * @param isFlushed whether commits are forced to the disk
   */
  public static DatabaseAddress file(Path folder, String name, boolean isFlushed) {
    return DatabaseAddress.h2(folder.resolve(name)).flushing(isFlushed);
  }

  /**
   * Runs a transaction that writes, in turn; it is committed on return.
   *
   * @throws SQLException if it did not take place, or (PostgreSQL) if that is not known
   */
  public <T> T write(Work<T> work) throws SQLException {
    try {
      return writing.transaction(work::run);
    } catch (SQLException e) {
      renew();
      throw e;
    }
  }

  /** Runs a transaction that only reads. */
  public <T> T read(Work<T> work) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      try {
        return work.run(connection);
      } finally {
        connection.rollback();
      }
    }
  }

  /** The pool does not see that a connection in steady use is dead. */
  private void renew() {
    HikariPoolMXBean bean = pool.getHikariPoolMXBean();
    if (bean != null) {
      bean.softEvictConnections();
    }
  }

  @Override
  public void close() {
    try (Connection connection = pool.getConnection()) {
      writing.turns().closing(connection);
    } catch (SQLException e) {
      LOG.warn("the database was not there when it was closed: {}", e.getMessage());
    }
    pool.close();
  }
}
