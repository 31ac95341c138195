package dev.converge.pekko.journal;

import static dev.converge.pekko.journal.Samples.SELF;
import static dev.converge.pekko.journal.Samples.THREE;
import static dev.converge.pekko.journal.Samples.TWO;
import static dev.converge.pekko.journal.Samples.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalArchiveTest {
  private static final long DAY = 86_400_000L;
  private static final VersionVector AFTER = VersionVector.of(Map.of(SELF, 7L, THREE, 9L));

  @TempDir Path folder;
  private long now;

  private JournalArchive open(long maxFileBytes) {
    return new JournalArchive(folder, maxFileBytes, () -> now);
  }

  private List<String> names() {
    return JournalArchive.files(folder).stream().map(p -> p.getFileName().toString()).toList();
  }

  private static List<LogRow> read(Path file, boolean whole) {
    List<LogRow> rows = new ArrayList<>();
    assertThat(JournalArchive.read(file, rows::add)).isEqualTo(whole);
    return rows;
  }

  @Test
  void rows_are_read_back_as_they_were() {
    List<LogRow> rows =
        List.of(
            row(TWO, 1, AFTER, "a|ü").at(12),
            new LogRow(TWO, 2, AFTER, new LogEntry.Join(new byte[] {1}), 13),
            new LogRow(TWO, 3, AFTER, new LogEntry.Floor(AFTER), 14),
            row(TWO, 4, "b").at(15));
    try (JournalArchive archive = open(1_000_000)) {
      archive.append(rows.subList(0, 2));
      archive.append(rows.subList(2, 4));
    }
    assertThat(names()).containsExactly("journal-1970-01-01-0001.archive");
    assertThat(read(JournalArchive.files(folder).get(0), true))
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactlyElementsOf(rows);
  }

  @Test
  void a_new_file_begins_each_day_each_time_and_when_one_is_large() {
    try (JournalArchive archive = open(1_000_000)) {
      archive.append(List.of(row(TWO, 1, "a")));
      now = DAY;
      archive.append(List.of(row(TWO, 2, "a")));
    }
    try (JournalArchive archive = open(1)) {
      archive.append(List.of(row(TWO, 3, "a")));
      archive.append(List.of(row(TWO, 4, "a")));
    }
    assertThat(names())
        .containsExactly(
            "journal-1970-01-01-0001.archive",
            "journal-1970-01-02-0001.archive",
            "journal-1970-01-02-0002.archive",
            "journal-1970-01-02-0003.archive");
    List<Long> lsns = new ArrayList<>();
    JournalArchive.files(folder).forEach(f -> read(f, true).forEach(row -> lsns.add(row.lsn())));
    assertThat(lsns).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void a_file_that_is_cut_short_anywhere_or_damaged_gives_the_rows_before() throws Exception {
    try (JournalArchive archive = open(1_000_000)) {
      for (int lsn = 1; lsn <= 20; lsn++) {
        archive.append(List.of(row(TWO, lsn, "a")));
      }
    }
    Path file = JournalArchive.files(folder).get(0);
    byte[] whole = Files.readAllBytes(file);
    int last = 0;
    for (int length = 0; length < whole.length; length += 13) {
      Files.write(file, Arrays.copyOf(whole, length));
      List<LogRow> rows = new ArrayList<>();
      JournalArchive.read(file, rows::add);
      assertThat(rows.size()).isGreaterThanOrEqualTo(last);
      for (int i = 0; i < rows.size(); i++) {
        assertThat(rows.get(i).lsn()).isEqualTo(i + 1);
      }
      last = rows.size();
    }
    assertThat(last).isBetween(18, 20);
    byte[] rotten = whole.clone();
    rotten[whole.length / 2] ^= 1;
    Files.write(file, rotten);
    assertThat(read(file, false)).hasSizeBetween(5, 15);
  }
}
