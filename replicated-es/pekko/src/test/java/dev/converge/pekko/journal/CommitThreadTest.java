package dev.converge.pekko.journal;

import static dev.converge.pekko.journal.LogHeadTest.event;
import static dev.converge.pekko.journal.LogHeadTest.time;
import static dev.converge.pekko.journal.LogHeadTest.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.wire.EventRecordCodec;
import dev.converge.pekko.wire.LoggedEvent;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitThreadTest {
  private static final ReplicaId SELF = new ReplicaId("node-1", 1);
  private static final ReplicaId OTHER = new ReplicaId("node-2", 1);

  @TempDir Path folder;
  private JournalDatabase database;

  @BeforeEach
  void open() {
    database = JournalDatabase.open(folder, "node-1", () -> 1L);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private Row encoded(long sequence, ReplicaId origin, long dot, long millis, long lsn) {
    var event = event(origin, dot, millis);
    return new Row(
        sequence, event, lsn, 170_521, "event", EventRecordCodec.encode(event), "", "w", 0);
  }

  private void submit(Write write) {
    database.log().submit(write);
  }

  private static void await(Write write) {
    write.done().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private List<Long> log(ReplicaId origin) throws Exception {
    return database.reader().log(origin, 0, 10_000).stream()
        .map(Map.Entry::getValue)
        .map(LoggedEvent::lsn)
        .toList();
  }

  @Test
  void the_log_has_no_gap_and_the_order_of_the_commits() throws Exception {
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    database.addCommitListener(
        (id, events) -> events.forEach(e -> told.add(id + " " + e.record().dot() + " " + e.lsn())));
    List<Write> writes = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      Write write = write("entity-" + i, encoded(1, SELF, 1, 10 + i, 0));
      writes.add(write);
      submit(write);
    }
    writes.forEach(CommitThreadTest::await);
    assertThat(log(SELF)).hasSize(200).isSorted().startsWith(1L).endsWith(200L);
    assertThat(told).hasSize(200);
    for (int i = 0; i < 200; i++) {
      assertThat(told.get(i)).startsWith("entity-" + i + " ").endsWith(" " + (i + 1));
    }
  }

  @Test
  void a_row_the_database_refuses_harms_no_other_write_and_leaves_no_gap() throws Exception {
    await(submitted(write("a", encoded(1, SELF, 1, 10, 0))));
    List<Write> good = new ArrayList<>();
    Write again = write("a", encoded(1, SELF, 1, 10, 0));
    for (int i = 0; i < 20; i++) {
      Write write = write("b-" + i, encoded(1, SELF, 1, 10, 0));
      good.add(write);
      submit(write);
      if (i == 10) {
        submit(again);
      }
    }
    good.forEach(CommitThreadTest::await);
    assertThatThrownBy(() -> await(again))
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(JournalException.class)
        .hasMessageContaining("a write of a");
    assertThat(log(SELF)).hasSize(21).startsWith(1L).endsWith(21L);
  }

  private Write submitted(Write write) {
    submit(write);
    return write;
  }

  @Test
  void a_promise_comes_after_what_is_queued_and_fences_what_comes_later() throws Exception {
    Write before = submitted(write("a", encoded(1, SELF, 1, 99, 0)));
    var promise = database.promise(time(100)).toCompletableFuture();
    Write old = submitted(write("b", encoded(1, SELF, 1, 100, 0)));
    Write young = submitted(write("c", encoded(1, SELF, 1, 101, 0)));
    Write foreign = submitted(write("d", encoded(1, OTHER, 1, 50, 9)));
    await(before);
    assertThat(promise.get(20, TimeUnit.SECONDS).lsn()).isEqualTo(1);
    assertThat(promise.join().time()).isEqualTo(time(100));
    assertThatThrownBy(() -> await(old)).hasCauseInstanceOf(FencedException.class);
    await(young);
    await(foreign);
    assertThat(log(SELF)).containsExactly(1L, 2L);
    assertThat(log(OTHER)).containsExactly(9L);
  }

  @Test
  void promises_and_numbers_outlive_the_process() throws Exception {
    await(submitted(write("a", encoded(1, SELF, 1, 10, 0))));
    database.promise(time(500)).toCompletableFuture().get(20, TimeUnit.SECONDS);
    database.close();
    open();
    Write old = submitted(write("b", encoded(1, SELF, 1, 500, 0)));
    assertThatThrownBy(() -> await(old)).hasCauseInstanceOf(FencedException.class);
    await(submitted(write("b", encoded(1, SELF, 1, 501, 0))));
    assertThat(log(SELF)).containsExactly(1L, 2L);
  }

  @Test
  void a_writer_that_holds_the_head_is_waited_for_and_a_promise_cannot_overtake_it()
      throws Exception {
    try (Connection zombie =
            DriverManager.getConnection(
                DatabaseAddress.h2(folder.resolve("journal")).url(), "converge", "");
        Statement statement = zombie.createStatement()) {
      zombie.setAutoCommit(false);
      statement.executeQuery("SELECT * FROM \"log_head\" FOR UPDATE").close();
      statement.execute("UPDATE \"log_head\" SET \"next_lsn\" = 2");
      var promise = database.promise(time(100)).toCompletableFuture();
      assertThat(promise.isDone()).isFalse();
      zombie.commit();
      assertThat(promise.get(20, TimeUnit.SECONDS).lsn()).isEqualTo(1);
    }
  }

  @Test
  void a_closed_journal_says_so() {
    database.close();
    Write late = submitted(write("a", encoded(1, SELF, 1, 10, 0)));
    assertThatThrownBy(() -> await(late)).hasMessageContaining("closed");
  }
}
