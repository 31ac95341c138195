package dev.converge.pekko.journal;

import static dev.converge.pekko.journal.Samples.SELF;
import static dev.converge.pekko.journal.Samples.await;
import static dev.converge.pekko.journal.Samples.lsns;
import static dev.converge.pekko.journal.Samples.own;
import static dev.converge.pekko.journal.Samples.submit;
import static dev.converge.pekko.journal.Samples.time;
import static dev.converge.pekko.journal.Samples.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.zaxxer.hikari.HikariDataSource;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The database is away, or cannot take anything, for a while. */
class OutageTest {
  @TempDir Path folder;

  private final TreeSet<String> acknowledged = new TreeSet<>();
  private final TreeSet<String> failed = new TreeSet<>();
  private final TreeSet<String> large = new TreeSet<>();
  private int next = 1;

  /** Writes events of entities of their own until the outcome is as wanted. */
  private void writeUntil(JournalDatabase database, boolean success, int bytes) {
    Awaitility.await()
        .atMost(60, TimeUnit.SECONDS)
        .pollInterval(20, TimeUnit.MILLISECONDS)
        .until(() -> write(database, bytes) == success);
  }

  private boolean write(JournalDatabase database, int bytes) {
    String id = "entity-%06d".formatted(next++);
    Row row = own(1, 1_000 + next);
    Write write =
        Samples.write(id, bytes == 0 ? row : new Row(1, null, 1, "", random(bytes), "", "w", 0));
    try {
      await(submit(database, write));
      (bytes == 0 ? acknowledged : large).add(id);
      return true;
    } catch (CompletionException e) {
      assertThat(e).hasCauseInstanceOf(JournalException.class);
      failed.add(id);
      return false;
    }
  }

  /** A database would make a few bytes of zeros. */
  private static byte[] random(int bytes) {
    byte[] made = new byte[bytes];
    new Random(1).nextBytes(made);
    return made;
  }

  /** All that was acknowledged is there, once, and the log has no gap. */
  private void check(JournalDatabase database) {
    List<LogRow> log = database.log(SELF, 0, 100_000, Long.MAX_VALUE);
    TreeSet<String> found = new TreeSet<>();
    for (int i = 0; i < log.size(); i++) {
      assertThat(log.get(i).lsn()).isEqualTo(i + 1);
      assertThat(found.add(((LogEntry.Event) log.get(i).entry()).key())).isTrue();
    }
    assertThat(database.held().get(SELF)).isEqualTo(log.size());
    assertThat(found).containsAll(acknowledged);
    // What failed because the answer was lost may be there; nothing else.
    found.removeAll(acknowledged);
    assertThat(failed).containsAll(found);
    for (String id : large) {
      assertThatCode(() -> assertThat(database.messages().rows(id, 0, 9, 9)).hasSize(1))
          .doesNotThrowAnyException();
    }
  }

  @Test
  void an_h2_database_that_is_closed_underneath_is_opened_again() throws Exception {
    TestDatabase place = TestDatabase.create(TestDatabase.Kind.H2, folder);
    try (JournalDatabase database = place.open()) {
      for (int i = 0; i < 5; i++) {
        writeUntil(database, true, 0);
        place.run("SHUTDOWN IMMEDIATELY");
        writeUntil(database, true, 0);
      }
      check(database);
    }
  }

  @ParameterizedTest
  @EnumSource(TestDatabase.Kind.class)
  void writes_fail_while_the_log_is_locked_and_go_on_afterwards(TestDatabase.Kind kind)
      throws Exception {
    TestDatabase place = TestDatabase.create(kind, folder);
    DatabaseAddress address = place.address().withPatience(Duration.ofMillis(300));
    try (JournalDatabase database =
            JournalDatabase.open(address, "the test's database", "node-1", () -> 1L);
        Connection other = place.connect();
        Statement statement = other.createStatement()) {
      writeUntil(database, true, 0);
      other.setAutoCommit(false);
      statement.executeQuery("SELECT * FROM \"log_head\" FOR UPDATE").close();
      assertThat(write(database, 0)).isFalse();
      assertThatThrownBy(() -> await(database.putState("a", new byte[1])))
          .hasCauseInstanceOf(JournalException.class)
          .hasMessageContaining("the database does not take the value 'a'");
      assertThatThrownBy(() -> await(database.promise(time(5))))
          .hasCauseInstanceOf(JournalException.class);
      other.rollback();
      assertThat(write(database, 0)).isTrue();
      check(database);
      assertThat(acknowledged).hasSize(2);
      assertThat(lsns(database, SELF)).hasSize(2);
    }
  }

  @Test
  void a_postgresql_server_that_is_stopped_and_started_is_used_again() throws Exception {
    Path data = folder.resolve("data");
    EmbeddedPostgres server = start(data, 0);
    int port = server.getPort();
    DatabaseAddress address =
        DatabaseAddress.postgresql(
            "jdbc:postgresql://localhost:" + port + "/postgres", "postgres", "");
    try (JournalDatabase database =
        JournalDatabase.open(address, "the test's database", "node-1", () -> 1L)) {
      for (int i = 0; i < 2; i++) {
        writeUntil(database, true, 0);
        server.close();
        assertThat(write(database, 0)).isFalse();
        assertThatThrownBy(() -> database.log(SELF, 0, 10, 10))
            .isInstanceOf(JournalException.class);
        server = start(data, port);
        writeUntil(database, true, 0);
      }
      check(database);
    } finally {
      server.close();
    }
  }

  private static EmbeddedPostgres start(Path data, int port) {
    // Takes the server that all tests share first: it says whether one can run here.
    TestDatabase.create(TestDatabase.Kind.POSTGRESQL, data);
    try {
      EmbeddedPostgres.Builder builder =
          TestDatabase.durable().setDataDirectory(data).setCleanDataDirectory(false);
      return (port == 0 ? builder : builder.setPort(port)).start();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void postgresql_ends_a_writer_that_stopped_in_the_middle_of_its_transaction() throws Exception {
    TestDatabase place = TestDatabase.create(TestDatabase.Kind.POSTGRESQL, folder);
    try (JournalDatabase database = place.open();
        HikariDataSource old =
            new HikariDataSource(place.address().withPatience(Duration.ofSeconds(1)).writers());
        Connection stopped = old.getConnection();
        Statement statement = stopped.createStatement()) {
      writeUntil(database, true, 0);
      stopped.setAutoCommit(false);
      statement.executeQuery("SELECT * FROM \"log_head\" FOR UPDATE").close();
      statement.execute("UPDATE \"log_head\" SET \"next_lsn\" = 99");
      assertThat(await(database.promise(time(100_000))).lsn()).isEqualTo(1);
      assertThatThrownBy(stopped::commit).isInstanceOf(SQLException.class);
      check(database);
    }
  }

  @ParameterizedTest
  @EnumSource(TestDatabase.Kind.class)
  void a_full_disk_fails_writes_and_nothing_else_and_room_lets_them_go_on(TestDatabase.Kind kind)
      throws Exception {
    Path disk = Files.createDirectories(folder.resolve("disk"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk.toString()),
        "a small disk can only be made by root");
    try {
      if (kind == TestDatabase.Kind.H2) {
        fill(DatabaseAddress.h2(disk.resolve("journal")), disk);
      } else {
        try (EmbeddedPostgres server = start(folder.resolve("data"), 0)) {
          fill(onTablespace(server, disk), disk);
        }
      }
    } finally {
      run("umount", "-l", disk.toString());
    }
  }

  private void fill(DatabaseAddress address, Path disk) throws Exception {
    try (JournalDatabase database =
        JournalDatabase.open(address, "the test's database", "node-1", () -> 1L)) {
      writeUntil(database, true, 0);
      writeUntil(database, false, 500_000);
      for (int i = 0; i < 5; i++) {
        write(database, 500_000);
      }
      assertThat(failed).isNotEmpty();
      assertThat(run("mount", "-o", "remount,size=96m", disk.toString())).isTrue();
      writeUntil(database, true, 0);
      writeUntil(database, true, 500_000);
      check(database);
    }
    try (JournalDatabase again =
        JournalDatabase.open(address, "the test's database", "node-1", () -> 1L)) {
      check(again);
    }
  }

  /** Its tables are on the disk; the server's own log is not, as a server without that ends. */
  private static DatabaseAddress onTablespace(EmbeddedPostgres server, Path disk)
      throws SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLESPACE small LOCATION '" + disk.toAbsolutePath() + "'");
      statement.execute("CREATE DATABASE full_disk TABLESPACE small");
    }
    return DatabaseAddress.postgresql(
        "jdbc:postgresql://localhost:" + server.getPort() + "/full_disk", "postgres", "");
  }

  private static boolean run(String... command) throws Exception {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false; // there is no such program here
    }
  }
}
