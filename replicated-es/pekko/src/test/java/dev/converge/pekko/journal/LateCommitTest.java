package dev.converge.pekko.journal;

import static dev.converge.pekko.journal.Samples.SELF;
import static dev.converge.pekko.journal.Samples.await;
import static dev.converge.pekko.journal.Samples.lsns;
import static dev.converge.pekko.journal.Samples.own;
import static dev.converge.pekko.journal.Samples.submit;
import static dev.converge.pekko.journal.Samples.time;
import static dev.converge.pekko.journal.Samples.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.engine.frontier.Promise;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A commit that comes late: {@code -Dconverge.late=30s} for half a minute, else short. What comes
 * after it waits or fails, and never passes.
 */
@ParameterizedClass
@EnumSource(TestDatabase.Kind.class)
class LateCommitTest {
  private static final Duration LATE =
      Duration.parse("PT" + System.getProperty("converge.late", "1.5s"));

  private final TestDatabase.Kind kind;

  @TempDir Path folder;

  LateCommitTest(TestDatabase.Kind kind) {
    this.kind = kind;
  }

  @Test
  void a_late_commit_is_not_skipped_by_readers_nor_overtaken_by_a_promise() throws Exception {
    TestDatabase place = TestDatabase.create(kind, folder);
    DatabaseAddress address = place.address().withPatience(Duration.ofMillis(400));
    try (JournalDatabase database =
            JournalDatabase.open(address, "the test's database", "node-1", () -> 1L);
        Connection late = place.connect();
        Statement statement = late.createStatement()) {
      await(submit(database, write("a", own(1, 10))));
      // What another writer of this log would do, as far as its commit.
      late.setAutoCommit(false);
      statement.executeQuery("SELECT * FROM \"log_head\" FOR UPDATE").close();
      statement.execute(
          "INSERT INTO \"event_log\" (\"persistence_id\", \"position\", \"kind\","
              + " \"origin\", \"lsn\", \"hlc\", \"event_payload\")"
              + " SELECT 'b', 2, 1, \"origin\", 2, \"hlc\", \"event_payload\" FROM \"event_log\"");
      statement.execute(
          "UPDATE \"log_head\" SET \"next_lsn\" = 3, \"next_position\" = 3,"
              + " \"commits\" = \"commits\" + 1");
      List<CompletableFuture<Promise>> promises = new ArrayList<>();
      List<Write> writes = new ArrayList<>();
      long end = System.nanoTime() + LATE.toNanos();
      while (System.nanoTime() < end) {
        int n = promises.size();
        promises.add(database.promise(time(100)).toCompletableFuture());
        writes.add(submit(database, write("c" + n, own(1, 1_000))));
        assertThat(lsns(database, SELF)).containsExactly(1L);
        assertThat(promises).noneMatch(CompletableFutures::succeeded);
        CompletableFutures.settle(promises.get(n), 2_000);
      }
      assertThat(promises.get(0)).isCompletedExceptionally();
      List<Long> told = new ArrayList<>();
      database.addRowListener(rows -> rows.forEach(row -> told.add(row.lsn())));
      late.commit();
      Promise promise = await(database.promise(time(100)));
      assertThat(promise.lsn()).isGreaterThanOrEqualTo(2);
      await(submit(database, write("d", own(1, 1_001))));
      long last = database.held().get(SELF);
      assertThat(lsns(database, SELF)).hasSize((int) last).isSorted().startsWith(1L, 2L);
      assertThat(told).hasSize((int) last - 1).isSorted().startsWith(2L);
      for (Write write : writes) {
        CompletableFutures.settle(write.done(), 10_000);
      }
      long stored = writes.stream().filter(w -> CompletableFutures.succeeded(w.done())).count();
      assertThat(last).isEqualTo(3 + stored);
    }
  }

  private static final class CompletableFutures {
    static boolean succeeded(CompletableFuture<?> future) {
      return future.isDone() && !future.isCompletedExceptionally();
    }

    static void settle(CompletableFuture<?> future, long millis) throws Exception {
      future.handle((value, error) -> true).get(millis, TimeUnit.MILLISECONDS);
    }
  }
}
