package dev.converge.pekko.journal;

import com.zaxxer.hikari.HikariConfig;
import java.nio.file.Path;

/**
 * Where a replica's database is.
 *
 * @param dialect H2 or PostgreSQL
 * @param url of JDBC, with the settings that our promises rest on
 * @param user who logs in
 * @param password may be empty
 */
public record DatabaseAddress(Dialect dialect, String url, String user, String password) {
  /** Connections for reading entities, beside the one that commits. */
  private static final int CONNECTIONS = 8;

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
            + ";WRITE_DELAY=0;MAX_COMPACT_TIME=0;REUSE_SPACE=FALSE"
            + ";DB_CLOSE_ON_EXIT=FALSE;LOCK_TIMEOUT=10000"
            + ";MAX_LENGTH_INPLACE_LOB="
            + IN_ROW,
        "converge",
        "");
  }

  /**
   * A PostgreSQL database.
   *
   * @param url {@code jdbc:postgresql://host:port/name}
   */
  public static DatabaseAddress postgresql(String url, String user, String password) {
    String separator = url.indexOf('?') < 0 ? "?" : "&";
    return new DatabaseAddress(
        Dialect.POSTGRESQL,
        url + separator + "reWriteBatchedInserts=true&tcpKeepAlive=true&connectTimeout=5",
        user,
        password);
  }

  String driver() {
    return dialect == Dialect.H2 ? "org.h2.Driver" : "org.postgresql.Driver";
  }

  String slickProfile() {
    return dialect == Dialect.H2 ? "slick.jdbc.H2Profile$" : "slick.jdbc.PostgresProfile$";
  }

  HikariConfig poolConfig() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setUsername(user);
    config.setPassword(password);
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(5_000);
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    config.setPoolName("converge-journal");
    return config;
  }
}
