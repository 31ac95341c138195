package dev.converge.pekko.feed;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.journal.TimeSpan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * For each log the earliest and the latest time in each stretch of its rows, asked of the database
 * once for each stretch that is full. What tells whether an event behind some row may be earlier
 * than another log's. Single-threaded, mutable.
 */
final class StretchTimes {
  /** Rows of a log in a stretch. */
  static final int STRETCH = 512;

  /** The most stretches in one question. */
  private static final int ASK = 200;

  private static final class Log {
    /** Of full stretches; null for one without events. */
    final List<@Nullable TimeSpan> full = new ArrayList<>();

    /** The earliest from each of them on, to the last of them. */
    List<@Nullable HybridTimestamp> earliest = List.of();

    long tailTo;
    @Nullable TimeSpan tail;
  }

  private final Query query;
  private final Map<ReplicaId, Log> logs = new TreeMap<>();

  StretchTimes(Query query) {
    this.query = query;
  }

  /** What is asked of a database. */
  interface Query {
    /**
     * The times of a log's events from one log number to another, by {@code (lsn - 1) / stretch};
     * nothing for a stretch without events.
     */
    SortedMap<Long, TimeSpan> spans(ReplicaId origin, long from, long to, int stretch);
  }

  /**
   * See {@link LogSource#earliest}.
   *
   * @param held where the log ends
   */
  @Nullable HybridTimestamp earliest(ReplicaId origin, long after, long held) {
    Log log = log(origin, held);
    int stretch = (int) (after / STRETCH);
    HybridTimestamp full = stretch < log.earliest.size() ? log.earliest.get(stretch) : null;
    HybridTimestamp tail = log.tail == null ? null : log.tail.earliest();
    if (full == null || tail == null) {
      return full == null ? tail : full;
    }
    return full.compareTo(tail) <= 0 ? full : tail;
  }

  /** A log number up to which no event is later than {@code time}; less than a stretch too low. */
  long noneLaterUpTo(ReplicaId origin, HybridTimestamp time, long held) {
    Log log = log(origin, held);
    for (int i = 0; i < log.full.size(); i++) {
      TimeSpan span = log.full.get(i);
      if (span != null && span.latest().compareTo(time) > 0) {
        return (long) i * STRETCH;
      }
    }
    return log.tail == null || log.tail.latest().compareTo(time) <= 0
        ? held
        : (long) log.full.size() * STRETCH;
  }

  private Log log(ReplicaId origin, long held) {
    Log log = logs.computeIfAbsent(origin, o -> new Log());
    if (held != log.tailTo) {
      extend(origin, log, held);
    }
    return log;
  }

  private void extend(ReplicaId origin, Log log, long held) {
    int count = (int) (held / STRETCH);
    boolean more = log.full.size() < count;
    while (log.full.size() < count) {
      int to = Math.min(count, log.full.size() + ASK);
      long from = (long) log.full.size() * STRETCH;
      SortedMap<Long, TimeSpan> found = query.spans(origin, from + 1, (long) to * STRETCH, STRETCH);
      for (long stretch = log.full.size(); stretch < to; stretch++) {
        log.full.add(found.get(stretch));
      }
    }
    if (more) {
      fold(log);
    }
    SortedMap<Long, TimeSpan> tail =
        query.spans(origin, 1L + (long) count * STRETCH, held, STRETCH);
    log.tail = tail.isEmpty() ? null : tail.get(tail.firstKey());
    log.tailTo = held;
  }

  private static void fold(Log log) {
    List<@Nullable HybridTimestamp> earliest = new ArrayList<>();
    log.full.forEach(span -> earliest.add(span == null ? null : span.earliest()));
    HybridTimestamp least = null;
    for (int i = earliest.size() - 1; i >= 0; i--) {
      HybridTimestamp here = earliest.get(i);
      if (here != null && (least == null || here.compareTo(least) < 0)) {
        least = here;
      }
      earliest.set(i, least);
    }
    log.earliest = earliest;
  }
}
