package dev.converge.pekko.journal;

import static org.junit.jupiter.api.Assumptions.abort;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An empty database of either kind, for one test. */
final class TestDatabase {
  /** Both databases that are supported. */
  enum Kind {
    H2,
    POSTGRESQL
  }

  private static final AtomicInteger NUMBERS = new AtomicInteger();
  private static @Nullable EmbeddedPostgres server;
  private static @Nullable String whyNone;

  private final DatabaseAddress address;

  private TestDatabase(DatabaseAddress address) {
    this.address = address;
  }

  /** Makes one; aborts the test where PostgreSQL cannot run. */
  static TestDatabase create(Kind kind, Path folder) {
    if (kind == Kind.H2) {
      return new TestDatabase(DatabaseAddress.h2(folder.resolve("journal")));
    }
    String name = "t" + NUMBERS.incrementAndGet();
    EmbeddedPostgres postgres = server();
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA " + name); // a database would be 8 MB to write and sync
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return new TestDatabase(
        DatabaseAddress.postgresql(
            "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres?currentSchema=" + name,
            "postgres",
            ""));
  }

  /** One server for all tests of this process, with the durability that is claimed. */
  private static synchronized EmbeddedPostgres server() {
    if (server == null && whyNone == null) {
      try {
        server = durable().start();
      } catch (IOException | RuntimeException e) {
        whyNone = "PostgreSQL cannot run here (it needs a user who is not root, or unshare): " + e;
      }
    }
    return server != null ? server : abort(whyNone);
  }

  static EmbeddedPostgres.Builder durable() {
    return EmbeddedPostgres.builder()
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("full_page_writes", "on")
        .setServerConfig("max_connections", "200");
  }

  DatabaseAddress address() {
    return address;
  }

  JournalDatabase open() {
    return open("node-1");
  }

  JournalDatabase open(String name) {
    return JournalDatabase.open(address, "the test's database", name, () -> 1L);
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(address.url(), address.user(), address.password());
  }

  /** Runs a statement behind the journal's back. */
  void run(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  long number(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
