package dev.converge.pekko.journal;

import static dev.converge.pekko.journal.Samples.await;
import static dev.converge.pekko.journal.Samples.event;
import static dev.converge.pekko.journal.Samples.message;
import static dev.converge.pekko.journal.Samples.submit;
import static dev.converge.pekko.journal.Samples.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.EventRecordCodec;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Journals of version 1 are carried over. */
class OldJournalTest {
  private static final ReplicaId SELF = new ReplicaId("node-1", 42);
  private static final ReplicaId OTHER = new ReplicaId("node-2", 7);

  @TempDir Path folder;

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(
        DatabaseAddress.h2(folder.resolve("journal")).url(), "converge", "");
  }

  @BeforeEach
  void version_1() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String ddl :
          List.of(
              "CREATE TABLE \"event_journal\" (\"ordering\" BIGINT UNIQUE NOT NULL AUTO_INCREMENT,"
                  + " \"deleted\" BOOLEAN DEFAULT FALSE NOT NULL,"
                  + " \"persistence_id\" VARCHAR(600) NOT NULL, \"sequence_number\" BIGINT NOT NULL,"
                  + " \"writer\" VARCHAR NOT NULL, \"write_timestamp\" BIGINT NOT NULL,"
                  + " \"adapter_manifest\" VARCHAR NOT NULL, \"event_payload\" BLOB NOT NULL,"
                  + " \"event_ser_id\" INTEGER NOT NULL, \"event_ser_manifest\" VARCHAR NOT NULL,"
                  + " \"meta_payload\" BLOB, \"meta_ser_id\" INTEGER, \"meta_ser_manifest\" VARCHAR,"
                  + " PRIMARY KEY (\"persistence_id\", \"sequence_number\"))",
              "CREATE TABLE \"event_tag\" (\"event_id\" BIGINT NOT NULL, \"tag\" VARCHAR NOT NULL,"
                  + " PRIMARY KEY (\"event_id\", \"tag\"), CONSTRAINT \"fk_event_journal\""
                  + " FOREIGN KEY (\"event_id\") REFERENCES \"event_journal\" (\"ordering\")"
                  + " ON DELETE CASCADE)",
              "CREATE TABLE \"converge_replica\" (\"name\" VARCHAR(64) NOT NULL,"
                  + " \"incarnation\" BIGINT NOT NULL, \"own\" BOOLEAN NOT NULL,"
                  + " PRIMARY KEY (\"name\", \"incarnation\"))",
              "CREATE TABLE \"converge_schema\" (\"version\" INTEGER PRIMARY KEY)",
              "INSERT INTO \"converge_schema\" VALUES (1)",
              "INSERT INTO \"converge_replica\" VALUES ('node-1', 42, TRUE), ('node-2', 7, FALSE)")) {
        statement.execute(ddl);
      }
      for (int i = 1; i <= 1_500; i++) {
        boolean own = i % 3 != 0;
        insert(connection, "note|" + i % 10, 1 + i / 10, own ? SELF : OTHER, i);
      }
    }
  }

  private static void insert(
      Connection connection, String id, long sequence, ReplicaId origin, int i)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO \"event_journal\" (\"persistence_id\", \"sequence_number\", \"writer\","
                + " \"write_timestamp\", \"adapter_manifest\", \"event_payload\","
                + " \"event_ser_id\", \"event_ser_manifest\")"
                + " VALUES (?, ?, 'w', 0, '', ?, 170521, 'event')")) {
      insert.setString(1, id);
      insert.setLong(2, sequence);
      insert.setBytes(3, EventRecordCodec.encode(event(origin, i, 1_000 + i)));
      insert.executeUpdate();
    }
  }

  @Test
  void every_event_is_carried_over_and_own_ones_have_log_numbers_in_the_order_of_their_commits() {
    try (JournalDatabase database = JournalDatabase.open(folder, "node-1", () -> 99L)) {
      assertThat(database.self()).isEqualTo(SELF);
      assertThat(database.persistenceIds("note|", "", 100)).hasSize(10);
      assertThat(database.entityRows("note|1", 0, 500)).hasSize(150);
      assertThat(database.held()).isEqualTo(VersionVector.of(Map.of(SELF, 1_000L)));
      List<LogRow> log = database.log(SELF, 0, 10_000, Long.MAX_VALUE);
      assertThat(log).hasSize(1_000);
      for (int k = 0; k < log.size(); k++) {
        assertThat(log.get(k).lsn()).isEqualTo(k + 1);
        // The sequence numbers of the dots, and the positions, follow the order of writing here.
        assertThat(log.get(k).position()).isEqualTo(1 + k + k / 2);
        EventRecord event = ((LogEntry.Event) log.get(k).entry()).record();
        assertThat(event.dot().sequence()).isEqualTo(1 + k + k / 2);
      }
      assertThat(database.log(OTHER, 0, 10_000, Long.MAX_VALUE)).isEmpty();
      Write next = write("note|1", message(1_000, event(SELF, 5_000, 9_000)));
      await(submit(database, next));
      assertThat(database.row(SELF, 1_001).orElseThrow().position()).isEqualTo(1_501);
    }
  }

  @Test
  void others_events_get_their_places_when_their_logs_come_and_are_not_stored_twice() {
    List<LogRow> log = new ArrayList<>();
    for (int i = 3; i <= 1_500; i += 3) {
      log.add(new LogRow(OTHER, i / 3, VersionVector.empty(), old(OTHER, i), 0));
    }
    log.add(new LogRow(OTHER, 501, VersionVector.empty(), old(OTHER, 1_503), 0));
    try (JournalDatabase database = JournalDatabase.open(folder, "node-1", () -> 99L)) {
      assertThat(database.entityRows("note|3", 0, 500)).extracting(LogRow::lsn).contains(0L);
      List<LogRow> told = new ArrayList<>();
      database.addRowListener(told::addAll);
      await(database.store(log.subList(0, 100)));
      assertThat(told).hasSize(100);
      assertThat(told.get(0).position()).isEqualTo(3);
    }
    try (JournalDatabase database = JournalDatabase.open(folder, "node-1", () -> 99L)) {
      await(database.store(log.subList(100, 501)));
      List<LogRow> found = database.log(OTHER, 0, 10_000, Long.MAX_VALUE);
      assertThat(found)
          .extracting(LogRow::position)
          .hasSize(501)
          .startsWith(3L, 6L)
          .endsWith(1_501L);
      assertThat(database.entityRows("note|3", 0, 500)).hasSize(151).noneMatch(r -> r.lsn() == 0);
    }
  }

  private static LogEntry.Event old(ReplicaId origin, int i) {
    return Samples.entry("note|" + i % 10, event(origin, i, 1_000 + i));
  }

  @Test
  void a_start_that_is_cut_short_begins_again_and_a_second_start_changes_nothing()
      throws Exception {
    JournalDatabase.open(folder, "node-1", () -> 99L).close();
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      try (var rows = statement.executeQuery("SELECT \"next_lsn\" FROM \"log_head\"")) {
        rows.next();
        assertThat(rows.getLong(1)).isEqualTo(1_001);
      }
    }
    try (JournalDatabase again = JournalDatabase.open(folder, "node-1", () -> 99L)) {
      assertThat(Samples.lsns(again, SELF)).hasSize(1_000);
    }
  }
}
