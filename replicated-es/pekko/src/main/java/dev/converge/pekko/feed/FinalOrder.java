package dev.converge.pekko.feed;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.wire.EventRecordCodec;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Merges the logs of all origins into the order of {@link FeedPlace}. A log is nearly in the order
 * of time, not quite: two entities may commit in another order than that in which their events got
 * their times. So a row is given out once no log can have an earlier one behind what was read of
 * it. One page's work; single-threaded.
 */
final class FinalOrder {
  /** A row in its place. */
  record Found(FeedPlace place, LogRow row, FeedCursor cursor) {}

  private static final class Log {
    final ReplicaId origin;
    final long end;
    final TreeSet<Long> notGiven = new TreeSet<>();
    long read;
    HybridTimestamp earliest = NEVER;

    Log(ReplicaId origin, long read, long end) {
      this.origin = origin;
      this.read = read;
      this.end = end;
    }

    long whole() {
      return notGiven.isEmpty() ? read : notGiven.first() - 1;
    }
  }

  /** Of a log that is read to its end. */
  private static final HybridTimestamp NEVER =
      new HybridTimestamp(HybridTimestamp.MAX_MILLIS, HybridTimestamp.MAX_COUNTER);

  private final LogSource source;
  private final FeedCursor from;
  private final HybridTimestamp finalTime;
  private final Map<ReplicaId, Log> logs = new TreeMap<>();
  private final TreeMap<FeedPlace, LogRow> read = new TreeMap<>();

  private FinalOrder(
      LogSource source, VersionVector held, FeedCursor from, HybridTimestamp finalTime) {
    this.source = source;
    this.from = from;
    this.finalTime = finalTime;
    held.forEach(
        (origin, end) -> {
          Log log = new Log(origin, Math.min(end, from.whole().get(origin)), end);
          log.earliest = earliest(log);
          logs.put(origin, log);
        });
  }

  /**
   * The next events.
   *
   * @param held {origin → LSN}: read after {@code finalTime}, so that all that is final is in it
   * @param limit at most so many
   */
  static List<Found> page(
      LogSource source, VersionVector held, FeedCursor from, HybridTimestamp finalTime, int limit) {
    return new FinalOrder(source, held, from, finalTime).page(limit);
  }

  private List<Found> page(int limit) {
    List<Found> page = new ArrayList<>();
    while (page.size() < limit) {
      Log behind = furthestBehind();
      Map.Entry<FeedPlace, LogRow> next = read.firstEntry();
      if (behind != null
          && (next == null || behind.earliest.compareTo(next.getKey().time()) <= 0)) {
        read(behind);
      } else if (next == null) {
        break;
      } else {
        read.pollFirstEntry();
        page.add(given(next.getKey(), next.getValue()));
      }
    }
    return page;
  }

  /** The log that may have the earliest event that is final and was not read. */
  private @Nullable Log furthestBehind() {
    Log least = null;
    for (Log log : logs.values()) {
      HybridTimestamp earliest = log.earliest;
      if (earliest != null
          && earliest.compareTo(finalTime) <= 0
          && (least == null || least.earliest == null || earliest.compareTo(least.earliest) < 0)) {
        least = log;
      }
    }
    return least;
  }

  private HybridTimestamp earliest(Log log) {
    HybridTimestamp earliest = log.read < log.end ? source.earliest(log.origin, log.read) : null;
    return earliest == null ? NEVER : earliest;
  }

  private void read(Log log) {
    List<LogRow> rows = source.rows(log.origin, log.read);
    for (LogRow row : rows) {
      if (row.lsn() <= log.end && row.entry() instanceof LogEntry.Event event) {
        HybridTimestamp time = EventRecordCodec.timeOf(event.encoded());
        FeedPlace place = new FeedPlace(time, log.origin, row.lsn());
        if (time.compareTo(finalTime) > 0) {
          log.notGiven.add(row.lsn());
        } else if (from.isBefore(place)) {
          log.notGiven.add(row.lsn());
          read.put(place, row);
        }
      }
    }
    log.read = rows.isEmpty() ? log.end : Math.min(log.end, rows.get(rows.size() - 1).lsn());
    log.earliest = earliest(log);
  }

  private Found given(FeedPlace place, LogRow row) {
    Log of = logs.get(place.origin());
    if (of != null) {
      of.notGiven.remove(place.lsn());
    }
    VersionVector whole = VersionVector.empty();
    for (Log log : logs.values()) {
      if (log.whole() > 0) {
        whole = whole.with(log.origin, log.whole());
      }
    }
    return new Found(place, row, new FeedCursor(place, whole));
  }
}
