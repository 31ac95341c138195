package dev.converge.pekko.journal;

import static dev.converge.pekko.journal.Samples.SELF;
import static dev.converge.pekko.journal.Samples.TWO;
import static dev.converge.pekko.journal.Samples.await;
import static dev.converge.pekko.journal.Samples.lsns;
import static dev.converge.pekko.journal.Samples.row;
import static dev.converge.pekko.journal.Samples.submit;
import static dev.converge.pekko.journal.Samples.time;
import static dev.converge.pekko.journal.Samples.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Retention;
import dev.converge.pekko.wire.LogRow;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(TestDatabase.Kind.class)
class CompactionTest {
  private static final CheckpointRule ANY = (id, checkpoint, above) -> true;

  private final TestDatabase.Kind kind;

  @TempDir Path folder;
  private TestDatabase place;
  private JournalDatabase database;

  CompactionTest(TestDatabase.Kind kind) {
    this.kind = kind;
  }

  /** Rows 1 to 2,000 of another replica, at positions 1 to 2,000, of entities k0 and k1. */
  @BeforeEach
  void open() {
    place = TestDatabase.create(kind, folder);
    database = place.open();
    List<LogRow> rows = new ArrayList<>();
    for (int lsn = 1; lsn <= 2_000; lsn++) {
      rows.add(row(TWO, lsn, "k" + lsn % 2));
    }
    await(database.store(rows));
  }

  @AfterEach
  void close() {
    if (database != null) {
      database.close();
    }
  }

  private void checkpoint(String id, long position) {
    await(database.saveCheckpoint(id, position, new byte[] {(byte) position}));
  }

  private List<Long> checkpoints(String id) {
    return database.checkpoints(id).stream().map(StoredCheckpoint::position).toList();
  }

  private static Retention upTo(long lsn) {
    VersionVector vector = VersionVector.of(Map.of(TWO, lsn));
    return new Retention(time(1_000_000), vector, vector, time(1_000_000));
  }

  private CompactionReport compact(Retention retention, CheckpointRule rule) {
    return database.compact(retention, rule, null, "", 100);
  }

  @Test
  void rows_leave_that_are_let_go_and_before_the_checkpoint() {
    checkpoint("k1", 1_001);
    CompactionReport report = compact(upTo(1_500), ANY);
    assertThat(report).isEqualTo(new CompactionReport(1, 1, 501, 0, 0, Optional.empty()));
    assertThat(lsns(database, TWO)).hasSize(1_499).doesNotContain(1L, 1_001L).contains(2L, 1_003L);
    assertThat(database.firstFullLsn(TWO)).isEqualTo(1_002);
    assertThat(database.firstFullLsn(SELF)).isEqualTo(1);
    assertThat(database.held().get(TWO)).isEqualTo(2_000);
    assertThat(compact(upTo(1_500), ANY).rows()).isZero();
    assertThat(database.entityRows("k1", 0, 10).get(0).position()).isEqualTo(1_003);
    assertThat(database.row(TWO, 1)).isEmpty();
  }

  @Test
  void what_is_not_let_go_stays_whatever_the_checkpoint_covers() {
    checkpoint("k1", 2_000);
    checkpoint("k0", 2_000);
    CompactionReport report = compact(upTo(100), ANY);
    assertThat(report.rows()).isEqualTo(100);
    assertThat(lsns(database, TWO)).hasSize(1_900).startsWith(101L);
    assertThat(database.firstFullLsn(TWO)).isEqualTo(101);
    Retention notFinal =
        new Retention(time(1_200), upTo(2_000).stable(), upTo(2_000).floor(), time(1_000_000));
    assertThat(compact(notFinal, ANY).rows()).isEqualTo(100);
    Retention kept =
        new Retention(time(1_000_000), upTo(2_000).stable(), upTo(2_000).floor(), time(1_301));
    assertThat(compact(kept, ANY).rows()).isEqualTo(100);
    assertThat(lsns(database, TWO)).startsWith(301L);
  }

  @Test
  void no_row_leaves_without_a_checkpoint_that_a_fold_can_start_from() {
    checkpoint("k1", 500);
    checkpoint("k1", 1_501);
    List<Dot> asked = new ArrayList<>();
    CheckpointRule droppedSomething =
        (id, checkpoint, above) -> {
          if (checkpoint.position() == 1_501) {
            asked.addAll(above);
          }
          return above.isEmpty();
        };
    CompactionReport report = compact(upTo(1_000), droppedSomething);
    // Row 1,001 to 1,501 are above the floor, and the newer checkpoint covers them.
    assertThat(asked).hasSize(251).startsWith(Dot.of(TWO, 1_001)).endsWith(Dot.of(TWO, 1_501));
    assertThat(report.rows()).isEqualTo(250);
    assertThat(checkpoints("k1")).containsExactly(1_501L, 500L);
    CompactionReport none = compact(upTo(1_000), (id, checkpoint, above) -> false);
    assertThat(none.withoutBase()).isEqualTo(1);
    assertThat(none.rows()).isZero();
    assertThat(compact(upTo(1_000), ANY).rows()).isEqualTo(250);
    assertThat(checkpoints("k1")).containsExactly(1_501L);
  }

  @Test
  void the_newest_two_checkpoints_stay_and_those_that_compaction_rests_on() {
    for (long position = 100; position <= 900; position += 100) {
      checkpoint("k1", position);
    }
    assertThat(checkpoints("k1")).containsExactly(900L, 800L, 200L, 100L);
    checkpoint("k1", 900);
    assertThat(checkpoints("k1")).containsExactly(900L, 800L, 200L, 100L);
    compact(upTo(1_000), (id, checkpoint, above) -> checkpoint.position() == 200);
    assertThat(checkpoints("k1")).containsExactly(900L, 800L, 200L);
    checkpoint("k1", 1_000);
    checkpoint("k1", 1_100);
    assertThat(checkpoints("k1")).containsExactly(1_100L, 1_000L, 800L, 200L);
    assertThat(database.entityRows("k1", 0, 1).get(0).position()).isEqualTo(201);
  }

  @Test
  void it_goes_on_where_it_stopped() {
    checkpoint("k0", 10);
    checkpoint("k1", 10);
    CompactionReport first = database.compact(upTo(2_000), ANY, null, "", 1);
    assertThat(first.last()).contains("k0");
    CompactionReport second = database.compact(upTo(2_000), ANY, null, "k0", 1);
    assertThat(second.last()).contains("k1");
    assertThat(database.compact(upTo(2_000), ANY, null, "k1", 1).last()).isEmpty();
    assertThat(lsns(database, TWO)).hasSize(1_990).startsWith(11L);
  }

  @Test
  void an_entity_of_which_nothing_is_left_in_the_journal_is_still_listed_and_written_to() {
    List<LogRow> rows = database.entityRows("k1", 0, 2_000);
    checkpoint("k1", 2_000);
    checkpoint("k0", 2_000);
    compact(upTo(2_000), ANY);
    assertThat(rows).isNotEmpty();
    assertThat(lsns(database, TWO)).isEmpty();
    assertThat(database.persistenceIds("k", "", 10)).containsExactly("k0", "k1");
    await(submit(database, write("k1", Samples.own(1, 9_000_000))));
    assertThat(database.entityRows("k1", 2_000, 10).get(0).position()).isEqualTo(2_001);
  }

  @Test
  void rows_are_in_the_archive_before_they_leave_the_journal() {
    List<LogRow> before = database.log(TWO, 0, 5_000, Long.MAX_VALUE);
    checkpoint("k1", 2_000);
    Path files = folder.resolve("archive");
    try (JournalArchive archive = new JournalArchive(files, 1_000_000, () -> 0)) {
      assertThat(database.compact(upTo(2_000), ANY, archive, "", 10).rows()).isEqualTo(1_000);
    }
    List<LogRow> read = new ArrayList<>();
    JournalArchive.files(files)
        .forEach(file -> assertThat(JournalArchive.read(file, read::add)).isTrue());
    assertThat(read)
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactlyElementsOf(before.stream().filter(row -> row.lsn() % 2 == 1).toList());
  }

  @Test
  void what_cannot_be_archived_stays() throws Exception {
    checkpoint("k1", 2_000);
    Path notAFolder = Files.createFile(folder.resolve("file"));
    try (JournalArchive archive = new JournalArchive(notAFolder, 1_000_000, () -> 0)) {
      assertThatThrownBy(() -> database.compact(upTo(2_000), ANY, archive, "", 10))
          .isInstanceOf(UncheckedIOException.class);
    }
    assertThat(lsns(database, TWO)).hasSize(2_000);
  }

  @Test
  void an_entity_with_a_damaged_row_is_left_alone_by_archiving() throws Exception {
    checkpoint("k0", 2_000);
    checkpoint("k1", 2_000);
    place.run("UPDATE \"event_log\" SET \"crc\" = 1 WHERE \"lsn\" = 1");
    try (JournalArchive archive =
        new JournalArchive(folder.resolve("archive"), 1_000_000, () -> 0)) {
      CompactionReport report = database.compact(upTo(2_000), ANY, archive, "", 10);
      assertThat(report.damaged()).isEqualTo(1);
      assertThat(report.rows()).isEqualTo(1_000);
    }
    assertThat(database.damaged("k1")).hasSize(1);
  }
}
