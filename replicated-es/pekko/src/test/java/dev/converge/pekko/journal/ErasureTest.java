package dev.converge.pekko.journal;

import static dev.converge.pekko.journal.Samples.NOTHING;
import static dev.converge.pekko.journal.Samples.SELF;
import static dev.converge.pekko.journal.Samples.THREE;
import static dev.converge.pekko.journal.Samples.TWO;
import static dev.converge.pekko.journal.Samples.await;
import static dev.converge.pekko.journal.Samples.entry;
import static dev.converge.pekko.journal.Samples.event;
import static dev.converge.pekko.journal.Samples.lsns;
import static dev.converge.pekko.journal.Samples.own;
import static dev.converge.pekko.journal.Samples.row;
import static dev.converge.pekko.journal.Samples.submit;
import static dev.converge.pekko.journal.Samples.time;
import static dev.converge.pekko.journal.Samples.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.wire.Erased;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an erasure leaves in a journal, whatever comes when. */
class ErasureTest {
  private static final String KEY = "note|a";

  @TempDir Path folder;

  private static EventRecord record(ReplicaId replica, long sequence, long millis) {
    return Erased.record(
        Dot.of(replica, sequence), time(millis), CausalContext.empty(), "by order of a court");
  }

  /** The erasure as a row of a peer's log. */
  private static LogRow erasure(ReplicaId origin, long lsn) {
    return new LogRow(origin, lsn, NOTHING, entry(KEY, record(origin, lsn, 9_000 + lsn)), 0);
  }

  private static List<EventRecord> events(JournalDatabase database) {
    return database.entityRows(KEY, 0, 10_000).stream()
        .map(row -> ((LogEntry.Event) row.entry()).record())
        .toList();
  }

  /** How often contents of the entity stand in the tables: all contents begin with 'event'. */
  private static int contents(TestDatabase database) throws SQLException {
    int found = 0;
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      for (String query :
          List.of(
              "SELECT \"event_payload\" FROM \"event_log\" WHERE \"persistence_id\" = '"
                  + KEY
                  + "'",
              "SELECT \"snapshot_payload\" FROM \"snapshot\" WHERE \"persistence_id\" = '"
                  + KEY
                  + "'")) {
        try (ResultSet rows = statement.executeQuery(query)) {
          while (rows.next()) {
            String bytes = new String(rows.getBytes(1), StandardCharsets.ISO_8859_1);
            found += bytes.contains("event ") ? 1 : 0;
          }
        }
      }
    }
    return found;
  }

  private static void awaitErased(JournalDatabase database) {
    await().until(database::hasErased);
  }

  @ParameterizedTest
  @EnumSource(TestDatabase.Kind.class)
  void rows_keep_their_places_and_lose_their_contents_and_checkpoints_go(TestDatabase.Kind kind)
      throws Exception {
    TestDatabase tables = TestDatabase.create(kind, folder);
    try (JournalDatabase database = tables.open()) {
      for (int i = 1; i <= 450; i++) {
        submit(database, write(KEY, own(i, 1_000 + i)));
      }
      await(submit(database, write("note|b", own(1, 2_000))).done());
      await(database.saveCheckpoint(KEY, 3, "event checkpoint".getBytes(StandardCharsets.UTF_8)));
      List<EventRecord> before = events(database);
      assertThat(before).hasSize(450);

      await(database.write(KEY, List.of(record(SELF, 451, 3_000))));

      // At once, before anything is overwritten:
      assertThat(database.isErased(KEY)).isTrue();
      assertThat(database.erasure(KEY)).map(Erased::reason).hasValue("by order of a court");
      assertThat(database.checkpoints(KEY)).isEmpty();
      List<EventRecord> after = events(database);
      assertThat(after).hasSize(451);
      for (int i = 0; i < 450; i++) {
        assertThat(after.get(i)).isEqualTo(Erased.of(before.get(i)));
        assertThat(after.get(i).payload()).isEmpty();
      }
      awaitErased(database);
      assertThat(lsns(database, SELF)).hasSize(452);
      assertThat(database.damaged(KEY)).isEmpty();
      assertThat(database.isErased("note|b")).isFalse();
    }
    assertThat(contents(tables)).isZero();
    try (JournalDatabase again = tables.open()) {
      assertThat(again.isErased(KEY)).isTrue();
      assertThat(again.hasErased()).isTrue();
      assertThat(events(again)).hasSize(451);
    }
  }

  @Test
  void an_own_event_after_it_is_refused_and_one_from_a_peer_loses_its_contents() throws Exception {
    TestDatabase tables = TestDatabase.create(TestDatabase.Kind.H2, folder);
    try (JournalDatabase database = tables.open()) {
      await(database.store(List.of(row(TWO, 1, KEY), erasure(TWO, 2))));
      awaitErased(database); // what comes now is not overwritten any more
      assertThatThrownBy(() -> await(database.write(KEY, List.of(event(SELF, 1, 20_000)))))
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(ErasedException.class);
      // Written at a node that had not heard of it.
      await(database.store(List.of(row(THREE, 1, KEY), row(THREE, 2, "note|b"))));
      assertThat(database.held()).isEqualTo(VersionVector.of(Map.of(TWO, 2L, THREE, 2L)));
      assertThat(events(database))
          .filteredOn(event -> !Erased.isRecord(event))
          .hasSize(2)
          .allMatch(Erased::isErased);
      assertThat(((LogEntry.Event) database.row(THREE, 2).orElseThrow().entry()).record().payload())
          .isNotEmpty();
      await(database.saveCheckpoint(KEY, 1, new byte[] {1}));
      assertThat(database.checkpoints(KEY)).isEmpty();
    }
    assertThat(contents(tables)).isZero();
  }

  @Test
  void an_erased_row_that_comes_before_the_record_shows_it_and_of_two_records_the_first_counts() {
    try (JournalDatabase database = TestDatabase.create(TestDatabase.Kind.H2, folder).open()) {
      await(submit(database, write(KEY, own(1, 1_000))).done());
      await(database.store(List.of(Erased.of(row(TWO, 1, KEY)))));
      assertThat(database.isErased(KEY)).isTrue();
      assertThat(database.erasure(KEY)).isEmpty();
      await(database.store(List.of(erasure(THREE, 1))));
      await(database.store(List.of(row(TWO, 2, "note|b"), erasure(TWO, 3))));
      assertThat(database.erasure(KEY).orElseThrow().dot().replica()).isEqualTo(THREE);
      assertThat(events(database)).filteredOn(Erased::isErased).hasSize(2);
    }
  }

  @Test
  void a_start_goes_on_with_an_erasure_that_was_cut_short() throws Exception {
    TestDatabase tables = TestDatabase.create(TestDatabase.Kind.H2, folder);
    try (JournalDatabase database = tables.open()) {
      await(database.store(List.of(row(TWO, 1, KEY), row(TWO, 2, KEY))));
    }
    // As a crash leaves it between the commit of the record and the first row.
    tables.run(
        "INSERT INTO \"erased_entity\" (\"persistence_id\", \"record\", \"stage\") VALUES ('"
            + KEY
            + "', NULL, 0)");
    assertThat(contents(tables)).isEqualTo(2);
    try (JournalDatabase database = tables.open()) {
      awaitErased(database);
    }
    assertThat(contents(tables)).isZero();
  }

  @Test
  void a_damaged_row_loses_its_bytes_and_is_repaired_by_a_peers_erased_one() throws Exception {
    TestDatabase tables = TestDatabase.create(TestDatabase.Kind.H2, folder);
    try (JournalDatabase database = tables.open()) {
      await(database.store(List.of(row(TWO, 1, KEY), row(TWO, 2, KEY))));
    }
    tables.run("UPDATE \"event_log\" SET \"crc\" = 7 WHERE \"lsn\" = 1");
    try (JournalDatabase database = tables.open()) {
      await(database.store(List.of(erasure(TWO, 3))));
      awaitErased(database);
      assertThat(database.damaged(KEY)).hasSize(1);
      assertThat(database.repair(row(TWO, 1, KEY))).isTrue();
      assertThat(database.damaged(KEY)).isEmpty();
      assertThat(events(database)).hasSize(3).noneMatch(event -> event.schemaVersion() == 1);
    }
    assertThat(contents(tables)).isZero();
  }

  @Test
  void a_replica_that_joins_gets_no_contents_and_knows_that_the_entity_is_erased() {
    try (JournalDatabase from = JournalDatabase.open(folder.resolve("f"), "node-1", () -> 1);
        JournalDatabase to = JournalDatabase.open(folder.resolve("t"), "node-2", () -> 1)) {
      await(from.store(List.of(row(THREE, 1, KEY), row(THREE, 2, "note|b"))));
      await(from.saveCheckpoint(KEY, 1, new byte[] {1}));
      await(from.write(KEY, List.of(record(from.self(), 1, 9_000))));
      await(to.importBegin());
      byte[] cursor = {};
      VersionVector held;
      do {
        ReplicaLog.ExportPage page = from.exportPage(cursor, 100);
        assertThat(new String(page.body(), StandardCharsets.ISO_8859_1)).doesNotContain("event 1");
        await(to.importPage(page.body()));
        cursor = page.cursor();
        held = page.held();
      } while (cursor.length > 0);
      await(to.importEnd(held, Map.of()));
      assertThat(to.isErased(KEY)).isTrue();
      assertThat(to.erasure(KEY)).isEqualTo(from.erasure(KEY)).isPresent();
      assertThat(events(to)).isEqualTo(events(from));
      await(to.store(List.of(row(THREE, 3, KEY))));
      assertThat(events(to)).filteredOn(Erased::isErased).hasSize(2);
    }
  }

  @Test
  void an_archive_loses_the_contents_and_nothing_else() {
    List<LogRow> rows = new ArrayList<>();
    for (int lsn = 1; lsn <= 1_200; lsn++) {
      rows.add(row(TWO, lsn, lsn % 3 == 0 ? KEY : "note|b").at(lsn));
    }
    try (JournalArchive archive = new JournalArchive(folder, 1 << 20, () -> 0)) {
      archive.append(rows);
      archive.erase(Set.of(KEY));
      archive.append(List.of(row(TWO, 1_201, "note|b")));
    }
    List<Path> files = JournalArchive.files(folder);
    assertThat(files).hasSize(2);
    List<LogRow> left = new ArrayList<>();
    assertThat(JournalArchive.read(files.get(0), left::add)).isTrue();
    assertThat(left).hasSize(1_200);
    for (int i = 0; i < 1_200; i++) {
      LogRow wanted = (i + 1) % 3 == 0 ? Erased.of(rows.get(i)) : rows.get(i);
      assertThat(((LogEntry.Event) left.get(i).entry()).encoded())
          .isEqualTo(((LogEntry.Event) wanted.entry()).encoded());
    }
  }
}
