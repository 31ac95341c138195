package dev.converge.pekko.peer;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.wire.Erased;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows that were committed here last, of all logs: what peers lack is mostly among them, so the
 * database is not asked. Holds so many bytes; the oldest commits make room. Single-threaded; O(1) a
 * row.
 */
final class RecentRows {
  private static final LogRow GONE =
      new LogRow(
          ReplicaId.of("gone"),
          1,
          VersionVector.empty(),
          new LogEntry.Floor(VersionVector.empty()),
          0);

  /** Contiguous rows of one log. */
  private static final class Log {
    private final List<LogRow> rows = new ArrayList<>();

    /** How many at the start of {@code rows} are gone. */
    private int gone;

    private long first;

    int size() {
      return rows.size() - gone;
    }

    void removeFirst() {
      gone++;
      first++;
      if (gone > 1_024 && gone > rows.size() / 2) {
        rows.subList(0, gone).clear();
        gone = 0;
      } else {
        rows.set(gone - 1, GONE);
      }
    }
  }

  private final long capacity;
  private final Map<ReplicaId, Log> logs = new HashMap<>();

  /** Whose row is the next to go. */
  private final Deque<ReplicaId> order = new ArrayDeque<>();

  private long bytes;

  RecentRows(long capacity) {
    this.capacity = capacity;
  }

  /** A row was committed. One that shows that its entity is erased takes the others' contents. */
  void add(LogRow added) {
    LogRow row = added;
    if (added.entry() instanceof LogEntry.Event event) {
      if (Erased.shows(event)) {
        erase(event.key());
      }
      row = bare(added);
    }
    Log log = logs.computeIfAbsent(row.origin(), o -> new Log());
    if (log.size() > 0 && row.lsn() != log.first + log.size()) {
      // Not what a log does; better to ask the database than to be wrong.
      forget(row.origin(), log);
    }
    if (log.size() == 0) {
      log.first = row.lsn();
    }
    log.rows.add(row);
    order.add(row.origin());
    bytes += RowSize.of(row);
    while (bytes > capacity && order.size() > 1) {
      evict();
    }
  }

  /** What is decoded takes more memory than is counted here. */
  private static LogRow bare(LogRow row) {
    return row.entry() instanceof LogEntry.Event event && event.known() != null
        ? new LogRow(row.origin(), row.lsn(), row.after(), event.bare(), row.position())
        : row;
  }

  /** O(rows in memory): erasures are rare. */
  private void erase(String key) {
    for (Log log : logs.values()) {
      for (int i = log.gone; i < log.rows.size(); i++) {
        LogRow row = log.rows.get(i);
        if (row.entry() instanceof LogEntry.Event event && event.key().equals(key)) {
          LogRow erased = bare(Erased.of(row));
          bytes += RowSize.of(erased) - RowSize.of(row);
          log.rows.set(i, erased);
        }
      }
    }
  }

  private void forget(ReplicaId origin, Log log) {
    while (log.size() > 0) {
      bytes -= RowSize.of(log.rows.get(log.gone));
      log.removeFirst();
    }
    order.removeIf(origin::equals);
  }

  private void evict() {
    ReplicaId origin = order.remove();
    Log log = logs.get(origin);
    if (log != null) {
      bytes -= RowSize.of(log.rows.get(log.gone));
      log.removeFirst();
      if (log.size() == 0) {
        logs.remove(origin);
      }
    }
  }

  /** One row, if it is in memory. */
  @Nullable LogRow get(ReplicaId origin, long lsn) {
    Log log = logs.get(origin);
    if (log == null || lsn < log.first || lsn >= log.first + log.size()) {
      return null;
    }
    return log.rows.get(log.gone + (int) (lsn - log.first));
  }

  /**
   * Rows from {@code lsn} on, as many as the limits allow, but at least one; none if that one is
   * not in memory.
   */
  List<LogRow> from(ReplicaId origin, long lsn, long upTo, int maxRows, long maxBytes) {
    List<LogRow> found = new ArrayList<>();
    long size = 0;
    for (long at = lsn; at <= upTo && found.size() < maxRows; at++) {
      LogRow row = get(origin, at);
      if (row == null) {
        break;
      }
      size += RowSize.of(row);
      if (!found.isEmpty() && size > maxBytes) {
        break;
      }
      found.add(row);
    }
    return found;
  }

  long bytes() {
    return bytes;
  }
}
