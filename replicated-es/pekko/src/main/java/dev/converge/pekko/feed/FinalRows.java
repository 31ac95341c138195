package dev.converge.pekko.feed;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.journal.ReplicaLog;
import dev.converge.pekko.journal.TimeSpan;
import dev.converge.pekko.wire.EventRecordCodec;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Pages of the rows of all final events, from a node's journal. Thread-safe; one page at a time;
 * blocks on the database. The first page after a start reads the times of all rows.
 */
public final class FinalRows {
  private static final int PAGE_ROWS = StretchTimes.STRETCH;
  private static final long PAGE_BYTES = 4L << 20;

  /** What is asked of a journal beside its logs. Blocks on the database. */
  public interface Holes {
    /** The times of events from one log number to another, by {@code (lsn - 1) / stretch}. */
    SortedMap<Long, TimeSpan> spans(ReplicaId origin, long from, long to, int stretch);

    /** From where on a log has no holes; 1 if it has none at all. */
    long firstFullLsn(ReplicaId origin);

    /** How many rows of a log there are between two log numbers, both left out. */
    long count(ReplicaId origin, long after, long before);
  }

  /**
   * A row in its place.
   *
   * @param cursor of whoever has read it
   */
  public record FinalRow(FeedPlace place, LogRow row, FeedCursor cursor) {}

  private final ReplicaLog log;
  private final Holes holes;
  private final StretchTimes times;

  /** Over a journal. */
  public FinalRows(ReplicaLog log, Holes holes) {
    this.log = log;
    this.holes = holes;
    this.times = new StretchTimes(holes::spans);
  }

  /**
   * The next events behind a cursor.
   *
   * @param finalTime up to where to read; what is held is asked for after it was known
   * @throws FeedGoneException if events behind the cursor have left the journal
   */
  public synchronized List<FinalRow> page(FeedCursor from, HybridTimestamp finalTime, int limit) {
    VersionVector held = log.held();
    if (from.last() != null) {
      checkWhole(from, held);
    }
    List<FinalRow> page = new ArrayList<>();
    for (FinalOrder.Found found : FinalOrder.page(new Source(held), held, from, finalTime, limit)) {
      page.add(new FinalRow(found.place(), found.row(), found.cursor()));
    }
    return page;
  }

  /** Whether events that were there once have left the journal. */
  public boolean isTruncated() {
    return log.held().entries().keySet().stream().anyMatch(o -> holes.firstFullLsn(o) > 1);
  }

  /** The cursor of somebody who has read all that is final. */
  public synchronized FeedCursor end(HybridTimestamp finalTime) {
    VersionVector whole = VersionVector.empty();
    FeedPlace last = null;
    for (Map.Entry<ReplicaId, Long> held : log.held().entries().entrySet()) {
      ReplicaId origin = held.getKey();
      long read = firstLater(origin, finalTime, held.getValue()) - 1;
      whole = read > 0 ? whole.with(origin, read) : whole;
      last = new FeedPlace(finalTime, origin, Long.MAX_VALUE);
    }
    return last == null ? FeedCursor.START : new FeedCursor(last, whole);
  }

  private long firstLater(ReplicaId origin, HybridTimestamp time, long held) {
    long read = times.noneLaterUpTo(origin, time, held);
    while (read < held) {
      List<LogRow> rows = log.log(origin, read, PAGE_ROWS, PAGE_BYTES);
      if (rows.isEmpty()) {
        break;
      }
      for (LogRow row : rows) {
        if (row.lsn() > held) {
          return held + 1;
        }
        if (row.entry() instanceof LogEntry.Event event
            && EventRecordCodec.timeOf(event.encoded()).compareTo(time) > 0) {
          return row.lsn();
        }
        read = row.lsn();
      }
    }
    return held + 1;
  }

  private void checkWhole(FeedCursor from, VersionVector held) {
    for (Map.Entry<ReplicaId, Long> end : held.entries().entrySet()) {
      long full = Math.min(end.getValue() + 1, holes.firstFullLsn(end.getKey()));
      long whole = from.whole().get(end.getKey());
      if (full - 1 > whole && holes.count(end.getKey(), whole, full) < full - 1 - whole) {
        throw new FeedGoneException(
            "events behind this cursor have left the journal, which keeps them for"
                + " converge.entities.retention; begin anew, with the entities' states as they are");
      }
    }
  }

  private final class Source implements LogSource {
    private final VersionVector held;

    Source(VersionVector held) {
      this.held = held;
    }

    @Override
    public List<LogRow> rows(ReplicaId origin, long after) {
      return log.log(origin, after, PAGE_ROWS, PAGE_BYTES);
    }

    @Override
    public @Nullable HybridTimestamp earliest(ReplicaId origin, long after) {
      return times.earliest(origin, after, held.get(origin));
    }
  }
}
