package dev.converge.pekko.journal;

import static dev.converge.pekko.journal.Samples.SELF;
import static dev.converge.pekko.journal.Samples.THREE;
import static dev.converge.pekko.journal.Samples.TWO;
import static dev.converge.pekko.journal.Samples.await;
import static dev.converge.pekko.journal.Samples.lsns;
import static dev.converge.pekko.journal.Samples.own;
import static dev.converge.pekko.journal.Samples.row;
import static dev.converge.pekko.journal.Samples.submit;
import static dev.converge.pekko.journal.Samples.time;
import static dev.converge.pekko.journal.Samples.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The log on a real database of each kind. */
@ParameterizedClass
@EnumSource(TestDatabase.Kind.class)
class CommitThreadTest {
  private final TestDatabase.Kind kind;

  @TempDir Path folder;
  private TestDatabase place;
  private JournalDatabase database;

  CommitThreadTest(TestDatabase.Kind kind) {
    this.kind = kind;
  }

  @BeforeEach
  void open() {
    place = TestDatabase.create(kind, folder);
    database = place.open();
  }

  @AfterEach
  void close() {
    if (database != null) {
      database.close();
    }
  }

  private void reopen() {
    database.close();
    database = place.open();
  }

  private static List<LogRow> rows(ReplicaId origin, long from, long to) {
    return LongStream.rangeClosed(from, to).mapToObj(lsn -> row(origin, lsn, "k" + lsn)).toList();
  }

  @Test
  void the_log_has_no_gap_and_listeners_hear_of_all_rows_in_the_order_of_the_commits() {
    List<LogRow> told = Collections.synchronizedList(new ArrayList<>());
    database.addRowListener(
        rows -> {
          LogRow last = rows.get(rows.size() - 1);
          assertThat(database.held().get(last.origin())).isGreaterThanOrEqualTo(last.lsn());
          told.addAll(rows);
        });
    List<Write> writes = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      writes.add(submit(database, write("entity-" + i, own(1, 10 + i))));
    }
    await(database.store(rows(TWO, 1, 50)));
    writes.forEach(Samples::await);
    assertThat(lsns(database, SELF)).hasSize(200).isSorted().startsWith(1L).endsWith(200L);
    assertThat(told).hasSize(250);
    for (int i = 0; i < 250; i++) {
      assertThat(told.get(i).position()).isEqualTo(i + 1);
    }
    assertThat(database.held()).isEqualTo(VersionVector.of(Map.of(SELF, 200L, TWO, 50L)));
  }

  @Test
  void whoever_wrote_is_answered_after_the_listeners_were_told() {
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    database.addRowListener(rows -> order.add("told"));
    Write write = write("a", own(1, 10));
    write.done().thenRun(() -> order.add("answered"));
    await(submit(database, write));
    assertThat(order).containsExactly("told", "answered");
  }

  @Test
  void an_own_row_comes_after_what_was_held_of_other_logs() {
    await(database.store(rows(TWO, 1, 3)));
    await(submit(database, write("a", own(1, 10))));
    await(database.store(rows(THREE, 1, 1)));
    await(submit(database, write("a", own(2, 11))));
    reopen();
    List<LogRow> log = database.log(SELF, 0, 10, Long.MAX_VALUE);
    assertThat(log.get(0).after()).isEqualTo(VersionVector.of(Map.of(TWO, 3L)));
    assertThat(log.get(1).after()).isEqualTo(VersionVector.of(Map.of(TWO, 3L, THREE, 1L)));
    assertThat(log.get(1).position()).isEqualTo(6);
  }

  @Test
  void rows_of_peers_are_read_back_as_they_came() {
    VersionVector after = VersionVector.of(Map.of(TWO, 1L, new ReplicaId("node-9", 300), 0L));
    List<LogRow> sent =
        List.of(
            row(TWO, 1, "a"),
            row(THREE, 1, after, "b"),
            new LogRow(THREE, 2, after, new LogEntry.Join(new byte[] {1, 2, 3}), 0),
            new LogRow(THREE, 3, after, new LogEntry.Floor(after), 0));
    await(database.store(sent));
    reopen();
    List<LogRow> found = new ArrayList<>(database.log(TWO, 0, 10, Long.MAX_VALUE));
    found.addAll(database.log(THREE, 0, 10, Long.MAX_VALUE));
    assertThat(found).hasSize(4);
    for (int i = 0; i < 4; i++) {
      assertThat(found.get(i).position()).isEqualTo(i + 1);
      assertThat(found.get(i).after()).isEqualTo(sent.get(i).after());
      assertThat(EntryForm.of(found.get(i).entry()))
          .usingRecursiveComparison()
          .isEqualTo(EntryForm.of(sent.get(i).entry()));
    }
    assertThat(database.row(THREE, 2).orElseThrow().entry()).isInstanceOf(LogEntry.Join.class);
    assertThat(database.row(THREE, 4)).isEmpty();
    assertThat(database.row(new ReplicaId("node-7", 1), 1)).isEmpty();
  }

  @Test
  void a_batch_that_does_not_fit_is_refused_whole_and_harms_no_other() {
    var bad = database.store(List.of(row(TWO, 1, "a"), row(TWO, 3, "a")));
    var good = database.store(rows(THREE, 1, 5));
    Write write = submit(database, write("a", own(1, 10)));
    assertThatThrownBy(() -> await(bad))
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(IllegalArgumentException.class);
    await(good);
    await(write);
    assertThat(database.held()).isEqualTo(VersionVector.of(Map.of(SELF, 1L, THREE, 5L)));
    assertThat(lsns(database, TWO)).isEmpty();
    await(database.store(rows(TWO, 1, 3)));
    await(database.store(rows(TWO, 2, 4)));
    assertThat(lsns(database, TWO)).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void what_is_held_outlives_the_process_also_without_a_single_row() throws Exception {
    await(database.store(rows(TWO, 1, 3)));
    await(submit(database, write("a", own(1, 10))));
    database.close();
    place.run("DELETE FROM \"event_log\"");
    database = place.open();
    assertThat(database.held()).isEqualTo(VersionVector.of(Map.of(SELF, 1L, TWO, 3L)));
    await(database.store(rows(TWO, 4, 4)));
    await(submit(database, write("a", own(2, 11))));
    assertThat(lsns(database, TWO)).containsExactly(4L);
    assertThat(lsns(database, SELF)).containsExactly(2L);
    assertThat(database.entityRows("a", 0, 10).get(0).position()).isEqualTo(6);
  }

  @Test
  void pages_of_a_log_hold_to_both_limits_and_have_one_row_at_least() {
    List<LogRow> rows = rows(TWO, 1, 200);
    await(database.store(rows));
    int bytes = EntryForm.of(rows.get(0).entry()).payload().length;
    assertThat(database.log(TWO, 0, 7, Long.MAX_VALUE)).hasSize(7);
    assertThat(database.log(TWO, 0, 1_000, 1)).hasSize(1);
    assertThat(database.log(TWO, 0, 1_000, 9L * bytes)).hasSize(9);
    assertThat(database.log(TWO, 199, 1_000, 1)).extracting(LogRow::lsn).containsExactly(200L);
    assertThat(database.log(TWO, 200, 1_000, 1)).isEmpty();
    assertThat(lsns(database, TWO)).hasSize(200).isSorted();
  }

  @Test
  void a_row_the_database_refuses_harms_no_other_write_and_leaves_no_gap() {
    Row plain = new Row(1, null, 1, "", new byte[1], "", "w", 0);
    await(submit(database, write("a", plain)));
    List<Write> good = new ArrayList<>();
    Write again = write("a", plain);
    for (int i = 0; i < 20; i++) {
      good.add(submit(database, write("b-" + i, own(1, 10))));
      if (i == 10) {
        submit(database, again);
      }
    }
    good.forEach(Samples::await);
    assertThatThrownBy(() -> await(again))
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(JournalException.class)
        .hasMessageContaining("a write of a");
    assertThat(lsns(database, SELF)).hasSize(20).startsWith(1L).endsWith(20L);
  }

  @Test
  void a_promise_comes_after_what_is_queued_and_fences_what_comes_later() {
    Write before = submit(database, write("a", own(1, 99)));
    var promise = database.promise(time(100));
    Write old = submit(database, write("b", own(1, 100)));
    Write young = submit(database, write("c", own(1, 101)));
    var foreign = database.store(rows(TWO, 1, 1));
    await(before);
    assertThat(await(promise)).isEqualTo(new Promise(1, time(100)));
    assertThatThrownBy(() -> await(old)).hasCauseInstanceOf(FencedException.class);
    await(young);
    await(foreign);
    assertThat(lsns(database, SELF)).containsExactly(1L, 2L);
    assertThat(database.promise()).isEqualTo(new Promise(2, time(100)));
    assertThat(await(database.promise(time(50))).time()).isEqualTo(time(100));
  }

  @Test
  void promises_and_numbers_outlive_the_process() {
    await(submit(database, write("a", own(1, 10))));
    await(database.promise(time(500)));
    reopen();
    assertThat(database.promise()).isEqualTo(new Promise(1, time(500)));
    Write old = submit(database, write("b", own(1, 500)));
    assertThatThrownBy(() -> await(old)).hasCauseInstanceOf(FencedException.class);
    await(submit(database, write("b", own(1, 501))));
    assertThat(lsns(database, SELF)).containsExactly(1L, 2L);
  }

  @Test
  void a_record_is_appended_with_what_is_promised_and_held() {
    await(database.promise(time(100)));
    await(database.store(rows(TWO, 1, 2)));
    LogRow row =
        await(
            database.append(
                (promise, held) -> {
                  assertThat(promise).isEqualTo(new Promise(0, time(100)));
                  return new LogEntry.Floor(held);
                }));
    assertThat(row.lsn()).isEqualTo(1);
    assertThat(row.position()).isEqualTo(3);
    assertThat(database.row(SELF, 1).orElseThrow().entry())
        .isEqualTo(new LogEntry.Floor(VersionVector.of(Map.of(TWO, 2L))));
    var refused =
        database.append(
            (promise, held) -> {
              throw new IllegalStateException("no reason to");
            });
    assertThatThrownBy(() -> await(refused)).hasMessageContaining("no reason to");
    assertThat(database.persistenceIds("", "", 10)).containsExactly("k1", "k2");
  }

  @Test
  void small_values_are_kept_by_name() {
    assertThat(database.state("set")).isEmpty();
    await(database.putState("set", "one".getBytes(StandardCharsets.UTF_8)));
    var second = database.putState("set", "two".getBytes(StandardCharsets.UTF_8));
    await(database.putState("other", new byte[0]));
    await(second);
    reopen();
    assertThat(database.state("set").orElseThrow()).asString().isEqualTo("two");
    assertThat(database.state("other").orElseThrow()).isEmpty();
  }

  @Test
  void a_commit_that_is_held_up_is_waited_for_and_a_promise_cannot_overtake_it() throws Exception {
    await(submit(database, write("a", own(1, 10))));
    try (Connection late = place.connect();
        Statement statement = late.createStatement()) {
      late.setAutoCommit(false);
      statement.executeQuery("SELECT * FROM \"log_head\" FOR UPDATE").close();
      statement.execute(
          "INSERT INTO \"event_log\" (\"persistence_id\", \"position\", \"kind\","
              + " \"origin\", \"lsn\", \"hlc\", \"event_payload\")"
              + " SELECT 'b', 2, 1, \"origin\", 2, \"hlc\", \"event_payload\" FROM \"event_log\"");
      statement.execute(
          "UPDATE \"log_head\" SET \"next_lsn\" = 3, \"next_position\" = 3,"
              + " \"commits\" = \"commits\" + 1");
      var promise = database.promise(time(100)).toCompletableFuture();
      Write next = submit(database, write("c", own(1, 101)));
      assertThat(promise.isDone()).isFalse();
      assertThat(lsns(database, SELF)).containsExactly(1L);
      late.commit();
      assertThat(await(promise).lsn()).isEqualTo(2);
      await(next);
    }
    assertThat(lsns(database, SELF)).containsExactly(1L, 2L, 3L);
  }

  @Test
  void what_was_committed_unknown_to_the_writer_is_told_also_if_its_next_transaction_fails()
      throws Exception {
    Row plain = new Row(1, null, 1, "", new byte[1], "", "w", 0);
    await(submit(database, write("p", plain)));
    await(submit(database, write("a", own(1, 10))));
    List<Long> told = Collections.synchronizedList(new ArrayList<>());
    database.addRowListener(rows -> rows.forEach(row -> told.add(row.lsn())));
    place.run(
        "INSERT INTO \"event_log\" (\"persistence_id\", \"position\", \"kind\","
            + " \"origin\", \"lsn\", \"hlc\", \"event_payload\")"
            + " SELECT 'b', 2, 1, \"origin\", 2, \"hlc\", \"event_payload\" FROM \"event_log\""
            + " WHERE \"lsn\" = 1");
    place.run(
        "UPDATE \"log_head\" SET \"next_lsn\" = 3, \"next_position\" = 3,"
            + " \"commits\" = \"commits\" + 1");
    assertThatThrownBy(() -> await(submit(database, write("p", plain))))
        .hasCauseInstanceOf(JournalException.class);
    assertThat(told).isEmpty();
    await(submit(database, write("c", own(1, 20))));
    assertThat(told).containsExactly(2L, 3L);
  }

  @Test
  void who_opens_the_database_later_is_its_owner_and_the_one_before_is_refused() {
    await(submit(database, write("a", own(1, 10))));
    JournalDatabase before = database;
    database = place.open();
    Write zombie = submit(before, write("b", own(1, 1_000_000)));
    assertThatThrownBy(() -> await(zombie))
        .hasCauseInstanceOf(FencedException.class)
        .hasMessageContaining("another process has opened this database");
    assertThatThrownBy(() -> await(before.store(rows(TWO, 1, 1))))
        .hasCauseInstanceOf(JournalException.class);
    assertThatThrownBy(() -> await(before.promise(time(5))))
        .hasCauseInstanceOf(JournalException.class);
    assertThat(before.isTakenOver()).isTrue();
    before.close();
    await(submit(database, write("c", own(1, 20))));
    assertThat(lsns(database, SELF)).containsExactly(1L, 2L);
    assertThat(database.isTakenOver()).isFalse();
  }

  @Test
  void a_closed_journal_says_so() {
    database.close();
    Write late = submit(database, write("a", own(1, 10)));
    assertThatThrownBy(() -> await(late)).hasMessageContaining("closed");
  }
}
