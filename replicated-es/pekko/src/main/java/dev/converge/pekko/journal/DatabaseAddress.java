package dev.converge.pekko.journal;

import com.zaxxer.hikari.HikariConfig;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Where a replica's database is.
 *
 * @param dialect H2 or PostgreSQL
 * @param url of JDBC, with the settings that our promises rest on
 * @param user who logs in
 * @param password may be empty
 * @param patience how long a statement waits for a lock before it fails. A transaction that does
 *     nothing for four fifths of that is ended by PostgreSQL, so that a writer that was stopped in
 *     the middle of one does not hold up its successor
 * @param flushed whether a commit is on the disk when it returns, and so survives a loss of power.
 *     PostgreSQL decides that itself ({@code fsync}, {@code synchronous_commit}); H2 is told to
 */
public record DatabaseAddress(
    Dialect dialect, String url, String user, String password, Duration patience, boolean flushed) {
  /** Connections for reading entities, beside those that commit. */
  private static final int CONNECTIONS = 8;

  /** Far below the time-outs of Pekko's circuit breakers around the journal. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Duration CONNECT = Duration.ofSeconds(5);

  /** As the database does it by itself: H2 leaves flushing to the operating system. */
  DatabaseAddress(Dialect dialect, String url, String user, String password, Duration patience) {
    this(dialect, url, user, password, patience, false);
  }

  /** The same, with commits on the disk when they return, or not. */
  public DatabaseAddress flushing(boolean isFlushed) {
    return new DatabaseAddress(dialect, url, user, password, patience, isFlushed);
  }

  /**
   * Bytes of a value that H2 keeps in the row: all that there can be. Longer ones would go to
   * tables of H2's own, which readers write to as well, outside of all transactions; see decision
   * 11.
   */
  private static final int IN_ROW = 1 << 30;

  /**
   * The H2 database in {@code file}, which has no ending: H2 adds its own. What is committed
   * survives the death of the process, at any moment, if everything is written by {@link
   * OneWriter}. Space in the file is used again as that allows. Nothing is compacted when it is
   * closed, because a kill at that moment takes the file back to where it was opened.
   */
  public static DatabaseAddress h2(Path file) {
    return new DatabaseAddress(
        Dialect.H2,
        "jdbc:h2:file:"
            + file.toAbsolutePath()
            + ";WRITE_DELAY=0;MAX_COMPACT_TIME=0;REUSE_SPACE=FALSE;DB_CLOSE_ON_EXIT=FALSE"
            + ";ANALYZE_AUTO=0"
            + ";MAX_LENGTH_INPLACE_LOB="
            + IN_ROW,
        "converge",
        "",
        PATIENCE);
  }

  /**
   * A PostgreSQL database. It has to run with {@code fsync} and {@code synchronous_commit} on, as
   * it does unless told otherwise.
   *
   * @param url {@code jdbc:postgresql://host:port/name}
   */
  public static DatabaseAddress postgresql(String url, String user, String password) {
    String separator = url.indexOf('?') < 0 ? "?" : "&";
    return new DatabaseAddress(
        Dialect.POSTGRESQL,
        url + separator + "reWriteBatchedInserts=true&tcpKeepAlive=true&connectTimeout=5",
        user,
        password,
        PATIENCE);
  }

  /**
   * The same with a cache of so many KiB, for what is read at the start alone; H2 takes 64 MiB for
   * each GiB of heap by itself. PostgreSQL has its cache elsewhere: the same address.
   */
  public DatabaseAddress caching(int kib) {
    return dialect == Dialect.H2
        ? new DatabaseAddress(
            dialect, url + ";CACHE_SIZE=" + kib, user, password, patience, flushed)
        : this;
  }

  /** The same with another patience, of at least 10 ms. */
  public DatabaseAddress withPatience(Duration other) {
    return new DatabaseAddress(dialect, url, user, password, other, flushed);
  }

  /** Connections to read with. */
  HikariConfig readers() {
    return pool("converge-readers", CONNECTIONS);
  }

  /**
   * Connections for all that writes: readers, however many, must not hold it up. To an H2 file only
   * one transaction may write at a time, see decision 11, so there is one, and writers take turns.
   */
  HikariConfig writers() {
    return pool("converge-writer", dialect == Dialect.H2 ? 1 : 3);
  }

  private HikariConfig pool(String name, int size) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setUsername(user);
    config.setPassword(password);
    config.setMaximumPoolSize(size);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(CONNECT.toMillis());
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    config.setPoolName(name);
    long millis = patience.toMillis();
    if (dialect == Dialect.H2) {
      config.setConnectionInitSql("SET LOCK_TIMEOUT " + millis);
    } else {
      config.setConnectionInitSql(
          "SET lock_timeout = "
              + millis
              + "; SET idle_in_transaction_session_timeout = "
              + millis * 4 / 5);
      // A server that says nothing at all: seconds, above the wait for a lock.
      config.addDataSourceProperty("socketTimeout", Long.toString(millis * 3 / 2 / 1_000 + 1));
    }
    return config;
  }
}
