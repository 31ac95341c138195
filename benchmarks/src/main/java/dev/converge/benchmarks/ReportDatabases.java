package dev.converge.benchmarks;

import dev.converge.pekko.journal.DatabaseAddress;
import dev.converge.pekko.journal.Dialect;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Three databases, one for each replica, with the settings that Converge uses itself. They count
 * what is asked of them: H2 the statements, PostgreSQL the transactions.
 */
final class ReportDatabases {
  private final List<DatabaseAddress> addresses;

  private ReportDatabases(List<DatabaseAddress> addresses) {
    this.addresses = addresses;
  }

  static ReportDatabases h2(Path folder) {
    List<DatabaseAddress> addresses = new ArrayList<>();
    for (int i = 0; i < Arrivals.REPLICAS; i++) {
      addresses.add(DatabaseAddress.h2(folder.resolve("replica-" + i)));
    }
    return new ReportDatabases(addresses);
  }

  /**
   * Databases on a server, made anew.
   *
   * @param server {@code jdbc:postgresql://host:port/}
   * @param prefix of the databases' names
   */
  static ReportDatabases postgresql(String server, String user, String password, String prefix)
      throws SQLException {
    List<DatabaseAddress> addresses = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(server + "postgres", user, password);
        Statement statement = connection.createStatement()) {
      for (int i = 0; i < Arrivals.REPLICAS; i++) {
        String database = prefix + "_" + i;
        statement.execute("DROP DATABASE IF EXISTS " + database);
        statement.execute("CREATE DATABASE " + database);
        addresses.add(DatabaseAddress.postgresql(server + database, user, password));
      }
    }
    return new ReportDatabases(addresses);
  }

  DatabaseAddress of(int replica) {
    return addresses.get(replica);
  }

  boolean isH2() {
    return addresses.get(0).dialect() == Dialect.H2;
  }

  private Connection connect(int replica) throws SQLException {
    DatabaseAddress address = addresses.get(replica);
    return DriverManager.getConnection(address.url(), address.user(), address.password());
  }

  /** Begins to count. */
  void count() throws SQLException {
    for (int i = 0; isH2() && i < Arrivals.REPLICAS; i++) {
      try (Connection connection = connect(i);
          Statement statement = connection.createStatement()) {
        statement.execute("SET QUERY_STATISTICS_MAX_ENTRIES 1000");
        statement.execute("SET QUERY_STATISTICS FALSE");
        statement.execute("SET QUERY_STATISTICS TRUE");
      }
    }
  }

  /** What was asked of all three since the beginning of the count, in H2, or ever. */
  long counted() throws SQLException {
    String question =
        isH2()
            ? "SELECT SUM(EXECUTION_COUNT) FROM INFORMATION_SCHEMA.QUERY_STATISTICS"
            : "SELECT SUM(xact_commit + xact_rollback) FROM pg_stat_database"
                + " WHERE datname = current_database()";
    long sum = 0;
    for (int i = 0; i < Arrivals.REPLICAS; i++) {
      try (Connection connection = connect(i);
          Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery(question)) {
        rows.next();
        sum += rows.getLong(1);
      }
    }
    return sum;
  }
}
