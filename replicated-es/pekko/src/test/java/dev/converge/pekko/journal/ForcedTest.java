package dev.converge.pekko.journal;

import static dev.converge.pekko.journal.Samples.NOTHING;
import static dev.converge.pekko.journal.Samples.SELF;
import static dev.converge.pekko.journal.Samples.TWO;
import static dev.converge.pekko.journal.Samples.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.pekko.wire.LogEntry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an H2 file has on the disk, and not only in the file, when it is said to be stored. */
class ForcedTest {
  @TempDir Path folder;

  private JournalDatabase open(String name, boolean flushed) {
    DatabaseAddress file = DatabaseAddress.h2(folder.resolve(name));
    DatabaseAddress address =
        new DatabaseAddress(
            file.dialect(),
            file.url().replace("jdbc:h2:file:", "jdbc:h2:points:"),
            file.user(),
            file.password(),
            file.patience(),
            flushed);
    return JournalDatabase.open(address, "the test's database", "node-1", () -> 1L);
  }

  private static boolean forces(CrashPoints<Integer> points, Callable<?> work) throws Exception {
    long before = points.forced();
    work.call();
    return points.forced() > before;
  }

  @Test
  void promisesRecordsAndVotesAreForcedWhereEventsAreNot() throws Exception {
    try (CrashPoints<Integer> points = new CrashPoints<>(folder.resolve("a"), 1);
        JournalDatabase database = open("a", false)) {
      Write event = Samples.write("cart|1", Samples.own(1, 1_000));
      assertThat(
              forces(
                  points,
                  () -> {
                    await(Samples.submit(database, event));
                    return true;
                  }))
          .as("an event")
          .isFalse();
      assertThat(
              forces(points, () -> await(database.store(List.of(Samples.row(TWO, 1, "cart|1"))))))
          .as("a row of a peer")
          .isFalse();
      assertThat(forces(points, () -> await(database.promise(Samples.time(2_000)))))
          .as("a promise")
          .isTrue();
      assertThat(
              forces(
                  points,
                  () -> await(database.append((promise, held) -> new LogEntry.Floor(NOTHING)))))
          .as("a record")
          .isTrue();
      assertThat(forces(points, () -> await(database.putState("vote", new byte[] {1}))))
          .as("a named value")
          .isTrue();
      assertThat(database.held().get(SELF)).isEqualTo(2);
    }
  }

  @Test
  void theEndOfATransferIsForced() throws Exception {
    try (CrashPoints<Integer> points = new CrashPoints<>(folder.resolve("b"), 1);
        JournalDatabase database = open("b", false)) {
      await(database.importBegin());
      assertThat(forces(points, () -> await(database.importEnd(NOTHING.with(TWO, 3), Map.of()))))
          .isTrue();
    }
  }

  @Test
  void whereASettingSaysSoEverythingIs() throws Exception {
    try (CrashPoints<Integer> points = new CrashPoints<>(folder.resolve("c"), 1);
        JournalDatabase database = open("c", true)) {
      Write event = Samples.write("cart|1", Samples.own(1, 1_000));
      assertThat(
              forces(
                  points,
                  () -> {
                    await(Samples.submit(database, event));
                    return true;
                  }))
          .isTrue();
    }
  }
}
