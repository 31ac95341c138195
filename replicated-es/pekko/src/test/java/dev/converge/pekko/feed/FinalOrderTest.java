package dev.converge.pekko.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.journal.TimeSpan;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.EventRecordCodec;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** {@code -Dconverge.seed=N} runs one history of the random ones. */
class FinalOrderTest {
  private static final int STRETCH = 4;

  /** Logs in memory, whose times are known by stretches of {@link #STRETCH} rows. */
  private static final class Logs implements LogSource {
    final Map<ReplicaId, List<LogRow>> rows = new TreeMap<>();
    int read;

    void add(ReplicaId origin, long millis) {
      List<LogRow> log = rows.computeIfAbsent(origin, o -> new ArrayList<>());
      long lsn = 1L + log.size();
      LogEntry entry =
          millis == 0
              ? new LogEntry.Floor(VersionVector.empty())
              : new LogEntry.Event("t|e", encoded(new Dot(origin, lsn), millis));
      log.add(new LogRow(origin, lsn, VersionVector.empty(), entry, 0));
    }

    private static byte[] encoded(Dot dot, long millis) {
      HybridTimestamp time = new HybridTimestamp(millis, 0);
      return EventRecordCodec.encode(
          new EventRecord(dot, time, CausalContext.empty(), 1, null, new byte[32], new byte[1]));
    }

    VersionVector held() {
      Map<ReplicaId, Long> held = new TreeMap<>();
      rows.forEach((origin, log) -> held.put(origin, (long) log.size()));
      return VersionVector.of(held);
    }

    @Override
    public List<LogRow> rows(ReplicaId origin, long after) {
      read++;
      List<LogRow> log = rows.getOrDefault(origin, List.of());
      return log.subList((int) after, (int) Math.min(log.size(), after + 3));
    }

    @Override
    public @Nullable HybridTimestamp earliest(ReplicaId origin, long after) {
      HybridTimestamp least = null;
      List<LogRow> log = rows.getOrDefault(origin, List.of());
      for (LogRow row : log.subList((int) (after / STRETCH * STRETCH), log.size())) {
        if (row.entry() instanceof LogEntry.Event event) {
          HybridTimestamp time = EventRecordCodec.timeOf(event.encoded());
          least = least == null || time.compareTo(least) < 0 ? time : least;
        }
      }
      return least;
    }

    /** All events up to a time, sorted. */
    List<FeedPlace> all(HybridTimestamp finalTime) {
      TreeSet<FeedPlace> all = new TreeSet<>();
      rows.values()
          .forEach(
              log ->
                  log.forEach(
                      row -> {
                        if (row.entry() instanceof LogEntry.Event event) {
                          HybridTimestamp time = EventRecordCodec.timeOf(event.encoded());
                          if (time.compareTo(finalTime) <= 0) {
                            all.add(new FeedPlace(time, row.origin(), row.lsn()));
                          }
                        }
                      }));
      return List.copyOf(all);
    }
  }

  @Test
  void anyPagesAnyRestartsAndAnyGrowthGiveEachEventOnceInTheOneOrder() {
    Long one = Long.getLong("converge.seed");
    for (long seed = one == null ? 1 : one; seed <= (one == null ? 400 : one); seed++) {
      Random random = new Random(seed);
      Logs logs = new Logs();
      List<FeedPlace> given = new ArrayList<>();
      FeedCursor cursor = FeedCursor.START;
      long finalMillis = 0;
      for (int round = 0; round < 12; round++) {
        // Whatever comes is later than what is final; else in any order.
        for (int i = random.nextInt(30); i > 0; i--) {
          ReplicaId origin = new ReplicaId("n" + random.nextInt(3), 1);
          boolean isMark = random.nextInt(10) == 0;
          logs.add(origin, isMark ? 0 : finalMillis + 1 + random.nextInt(60));
        }
        finalMillis += random.nextInt(50);
        HybridTimestamp finalTime = new HybridTimestamp(finalMillis, 0);
        boolean more = random.nextInt(4) > 0;
        while (more) {
          int limit = 1 + random.nextInt(9);
          List<FinalOrder.Found> page =
              FinalOrder.page(logs, logs.held(), cursor, finalTime, limit);
          for (FinalOrder.Found found : page) {
            given.add(found.place());
            cursor = FeedCursor.parse(found.cursor().text());
            if (random.nextInt(5) == 0) {
              break; // the reader ends in the middle of a page
            }
          }
          more = !page.isEmpty();
        }
      }
      HybridTimestamp finalTime = new HybridTimestamp(finalMillis, 0);
      FinalOrder.page(logs, logs.held(), cursor, finalTime, 100_000)
          .forEach(found -> given.add(found.place()));
      assertThat(given).as("-Dconverge.seed=" + seed).isEqualTo(logs.all(finalTime));
    }
  }

  @Test
  void aPageReadsOnlyWhatItNeeds() {
    Logs logs = new Logs();
    ReplicaId origin = ReplicaId.of("n1");
    for (int i = 1; i <= 1_000; i++) {
      logs.add(origin, i);
    }
    HybridTimestamp all = new HybridTimestamp(5_000, 0);
    List<FinalOrder.Found> page = FinalOrder.page(logs, logs.held(), FeedCursor.START, all, 500);
    assertThat(page).hasSize(500);
    logs.read = 0;
    FinalOrder.page(logs, logs.held(), page.get(499).cursor(), all, 3);
    assertThat(logs.read).isLessThan(5);
    logs.read = 0;
    FinalOrder.page(logs, logs.held(), page.get(499).cursor(), new HybridTimestamp(400, 0), 3);
    assertThat(logs.read).isZero();
  }

  @Test
  void timesOfStretchesAreAskedForOnce() {
    ReplicaId origin = ReplicaId.of("n1");
    List<String> asked = new ArrayList<>();
    StretchTimes times =
        new StretchTimes(
            (of, from, to, stretch) -> {
              asked.add(from + "-" + to);
              SortedMap<Long, TimeSpan> spans = new TreeMap<>();
              for (long lsn = from; lsn <= to; lsn++) {
                HybridTimestamp time = new HybridTimestamp(10_000 - lsn, 0);
                spans.merge(
                    (lsn - 1) / stretch,
                    new TimeSpan(time, time),
                    (a, b) -> new TimeSpan(b.earliest(), a.latest()));
              }
              return spans;
            });
    assertThat(times.earliest(origin, 0, 1_100)).isEqualTo(new HybridTimestamp(8_900, 0));
    assertThat(times.earliest(origin, 1_050, 1_100)).isEqualTo(new HybridTimestamp(8_900, 0));
    assertThat(asked).containsExactly("1-1024", "1025-1100");
    assertThat(times.noneLaterUpTo(origin, new HybridTimestamp(10_000, 0), 1_100)).isEqualTo(1_100);
    assertThat(times.noneLaterUpTo(origin, new HybridTimestamp(9_000, 0), 1_100)).isZero();
    times.earliest(origin, 0, 1_600);
    assertThat(asked).hasSize(4).endsWith("1025-1536", "1537-1600");
  }

  @Test
  void onlyTextsOfItsOwnAreCursors() {
    assertThat(FeedCursor.parse("start")).isEqualTo(FeedCursor.START);
    FeedCursor cursor =
        new FeedCursor(
            new FeedPlace(new HybridTimestamp(7, 3), new ReplicaId("n-1", 12), 4),
            VersionVector.empty().with(new ReplicaId("n-1", 12), 4));
    assertThat(FeedCursor.parse(cursor.text())).isEqualTo(cursor);
    for (String bad :
        List.of("", "x", "AAAA", cursor.text() + "AAAA", cursor.text().substring(3))) {
      assertThatThrownBy(() -> FeedCursor.parse(bad))
          .as(bad)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
