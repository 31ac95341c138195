package dev.converge.pekko.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All that one replica has stored, given to another that is empty. */
class LogTransferTest {
  private static final ReplicaId B = new ReplicaId("b", 1);
  private static final ReplicaId C = new ReplicaId("c", 1);

  @TempDir Path folder;

  private JournalDatabase open(String name) {
    return JournalDatabase.open(folder.resolve(name), name, () -> 1);
  }

  private static void join(java.util.concurrent.CompletionStage<?> stage) {
    stage.toCompletableFuture().join();
  }

  /** Two logs, three entities, a floor, and checkpoints, of which the newer one of x counts. */
  private static void fill(JournalDatabase from) {
    List<LogRow> rows = new ArrayList<>();
    for (int lsn = 1; lsn <= 400; lsn++) {
      rows.add(Samples.row(B, lsn, "note|" + "xyz".charAt(lsn % 3)));
    }
    rows.add(Samples.row(C, 1, VersionVector.empty().with(B, 400), "note|x"));
    join(from.store(rows));
    join(from.append((promise, held) -> new LogEntry.Floor(held)));
    join(from.saveCheckpoint("note|x", 10, new byte[] {1}));
    join(from.saveCheckpoint("note|x", 20, new byte[] {2}));
  }

  private static VersionVector transfer(JournalDatabase from, JournalDatabase to, int maxBytes) {
    join(to.importBegin());
    byte[] cursor = {};
    while (true) {
      ReplicaLog.ExportPage page = from.exportPage(cursor, maxBytes);
      join(to.importPage(page.body()));
      cursor = page.cursor();
      if (cursor.length == 0) {
        return page.held();
      }
      assertThat(to.held()).as("nothing before the end").isEqualTo(VersionVector.empty());
    }
  }

  @Test
  void theJoinerHasTheSameLogsEntitiesRecordsAndNewestCheckpoints() {
    for (int maxBytes : new int[] {1, 1_000, 1 << 20}) {
      try (JournalDatabase from = open("a" + maxBytes);
          JournalDatabase to = open("j" + maxBytes)) {
        fill(from);
        VersionVector held = transfer(from, to, maxBytes);
        join(to.importEnd(held, Map.of("membership", new byte[] {7})));

        assertThat(to.held()).isEqualTo(from.held());
        assertThat(to.state("membership")).hasValue(new byte[] {7});
        for (ReplicaId origin : List.of(from.self(), B, C)) {
          assertThat(texts(to.log(origin, 0, 1_000, 1 << 20)))
              .isEqualTo(texts(from.log(origin, 0, 1_000, 1 << 20)));
        }
        for (String key : List.of("note|x", "note|y", "note|z")) {
          assertThat(texts(to.entityRows(key, 0, 1_000)))
              .isEqualTo(texts(from.entityRows(key, 0, 1_000)));
        }
        assertThat(texts(to.marks(0, 10))).isEqualTo(texts(from.marks(0, 10))).hasSize(1);
        assertThat(to.checkpoints("note|x")).singleElement().extracting("position").isEqualTo(20L);
      }
      try (JournalDatabase again = open("j" + maxBytes)) {
        assertThat(again.held().get(B)).isEqualTo(400);
        join(again.store(List.of(Samples.row(B, 401, "note|x"))));
        List<LogRow> rows = again.entityRows("note|x", 0, 1_000);
        assertThat(rows.get(rows.size() - 1).lsn()).isEqualTo(401);
      }
    }
  }

  @Test
  void anAttemptThatWasCutShortLeavesNothing() {
    try (JournalDatabase from = open("a");
        JournalDatabase to = open("j")) {
      fill(from);
      join(to.importBegin());
      join(to.importPage(from.exportPage(new byte[0], 1_000).body()));
      VersionVector held = transfer(from, to, 1 << 20);
      join(to.importEnd(held, Map.of()));
      assertThat(texts(to.entityRows("note|x", 0, 1_000)))
          .isEqualTo(texts(from.entityRows("note|x", 0, 1_000)));
    }
  }

  @Test
  void whatIsCommittedMeanwhileComesAsToAnyReplica() {
    try (JournalDatabase from = open("a");
        JournalDatabase to = open("j")) {
      fill(from);
      join(to.importBegin());
      ReplicaLog.ExportPage page = from.exportPage(new byte[0], 1);
      join(to.importPage(page.body()));
      join(from.store(List.of(Samples.row(B, 401, "note|a"), Samples.row(B, 402, "note|zz"))));
      while (page.cursor().length > 0) {
        page = from.exportPage(page.cursor(), 1_000);
        join(to.importPage(page.body()));
      }
      join(to.importEnd(page.held(), Map.of()));
      assertThat(to.held().get(B)).isEqualTo(400);
      assertThat(to.entityRows("note|a", 0, 10)).isEmpty();
      join(to.store(from.log(B, 400, 10, 1 << 20)));
      assertThat(to.entityRows("note|zz", 0, 10)).hasSize(1);
    }
  }

  @Test
  void aReplicaThatHoldsSomethingTakesNothingIn() {
    try (JournalDatabase to = open("j")) {
      join(to.store(List.of(Samples.row(B, 1, "note|x"))));
      assertThatThrownBy(() -> join(to.importBegin()))
          .isInstanceOf(CompletionException.class)
          .hasMessageContaining("only an empty replica");
    }
  }

  @Test
  void bytesThatAreNoPageAreRefused() {
    try (JournalDatabase to = open("j")) {
      join(to.importBegin());
      for (byte[] page : List.of(new byte[] {'X'}, new byte[] {'R', 0, 1}, new byte[] {'C'})) {
        assertThatThrownBy(() -> join(to.importPage(page)))
            .hasCauseInstanceOf(IllegalArgumentException.class);
      }
      assertThatThrownBy(() -> to.exportPage(new byte[] {1, 2}, 100))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static List<String> texts(List<LogRow> rows) {
    return rows.stream()
        .map(
            row ->
                row.origin()
                    + " "
                    + row.lsn()
                    + " "
                    + row.after()
                    + " "
                    + row.position()
                    + (row.entry() instanceof LogEntry.Event event
                        ? event.key() + java.util.Arrays.hashCode(event.encoded())
                        : row.entry().toString()))
        .toList();
  }
}
