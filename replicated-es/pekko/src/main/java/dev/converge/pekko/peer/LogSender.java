package dev.converge.pekko.peer;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.wire.LogRow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends the own log to one peer: go-back-N with acknowledgements of what is <em>stored</em>, as in
 * any text on sliding windows (Tanenbaum, <em>Computer Networks</em>). Rows come from memory, or
 * page by page from the database.
 *
 * <pre>
 * acked ≤ ... next - 1        under way: at most a window of them
 * next ... last               to be sent; next = acked + 1 after a time-out
 * </pre>
 *
 * <p>After a time-out one chunk goes as a probe, until something is acknowledged: who stores
 * nothing (a fence, a database that is away) costs next to nothing. Single-threaded, without clock
 * or I/O.
 */
final class LogSender {
  /** What to do. */
  sealed interface Step {
    /** Send these. */
    record Send(List<LogRow> rows) implements Step {}

    /** Read rows of the own log behind {@code after}, and hand them to {@link #page}. */
    record Read(long after) implements Step {}

    /** The rows behind {@code after} were compacted away: this way the peer cannot get them. */
    record Compacted(long after) implements Step {}
  }

  private record Sent(long upTo, long bytes, int rows, long at, boolean isFirst) {}

  private final ReplicaId self;
  private final RecentRows recent;
  private final LinkSettings.Limits limits;
  private final RoundTrips trips;
  private final Deque<Sent> underWay = new ArrayDeque<>();

  private final long pause;

  /** What the database gave, in order, behind {@code pageAfter}. */
  private List<LogRow> page = List.of();

  private long pageAfter;

  /** The database is not to be asked before. */
  private long readAt = Long.MIN_VALUE;

  private boolean isUp;
  private boolean reads;
  private boolean probes;

  /** Set while the rows behind {@code acked} are not to be had. */
  private boolean isStuck;

  private long acked;
  private long next;

  /** The highest that was ever sent. */
  private long sentUpTo;

  private long bytes;
  private int rows;
  private long waitsSince;
  private long resends;

  LogSender(ReplicaId self, RecentRows recent, LinkSettings settings) {
    this.self = self;
    this.recent = recent;
    this.limits = settings.limits();
    this.pause = settings.timing().storeAgain();
    this.trips = new RoundTrips(settings.timing().resendAfter(), settings.timing().resendAtMost());
  }

  /**
   * The handshake is through: the peer has the own log up to {@code held}, maybe less than before.
   */
  void start(long held) {
    isUp = true;
    probes = false;
    isStuck = false;
    acked = held;
    sentUpTo = held;
    trips.progressed();
    goBack();
  }

  /** The peer is out of reach, or must not get rows. */
  void stop() {
    isUp = false;
    goBack();
    page = List.of();
  }

  private void goBack() {
    underWay.clear();
    bytes = 0;
    rows = 0;
    next = acked + 1;
  }

  /** The peer has stored the own log up to {@code lsn}. */
  void acked(long lsn, long now) {
    if (!isUp || lsn <= acked) {
      return;
    }
    acked = lsn;
    next = Math.max(next, lsn + 1);
    sentUpTo = Math.max(sentUpTo, lsn);
    probes = false;
    isStuck = false;
    waitsSince = now;
    trips.progressed();
    Sent newest = null;
    while (!underWay.isEmpty() && underWay.element().upTo() <= lsn) {
      newest = underWay.remove();
      bytes -= newest.bytes();
      rows -= newest.rows();
    }
    if (newest != null && newest.isFirst()) {
      trips.measured(now - newest.at());
    }
  }

  /** Time passes. */
  void tick(long now) {
    if (isUp && !underWay.isEmpty() && now - waitsSince >= trips.limit()) {
      trips.timedOut();
      probes = true;
      resends++;
      goBack();
    }
  }

  /**
   * What to do next; to be asked again until there is nothing.
   *
   * @param last the own log's end
   */
  @Nullable Step step(long now, long last) {
    if (!isUp || isStuck || next > last || !hasRoom()) {
      return null;
    }
    int maxRows = Math.min(limits.windowRows() - rows, limits.pageRows());
    long maxBytes = Math.min(limits.chunkBytes(), Math.max(1, limits.windowBytes() - bytes));
    List<LogRow> chunk = recent.from(self, next, last, maxRows, maxBytes);
    if (chunk.isEmpty()) {
      chunk = fromPage(maxRows, maxBytes);
    }
    if (chunk.isEmpty()) {
      if (reads || now < readAt) {
        return null;
      }
      reads = true;
      return new Step.Read(next - 1);
    }
    if (chunk.get(0).lsn() != next) {
      isStuck = true;
      page = List.of();
      return new Step.Compacted(next - 1);
    }
    send(chunk, now);
    return new Step.Send(chunk);
  }

  private boolean hasRoom() {
    return underWay.isEmpty()
        || (!probes && bytes < limits.windowBytes() && rows < limits.windowRows());
  }

  /** From {@code next} on; what comes first is a later row only if those before it are gone. */
  private List<LogRow> fromPage(int maxRows, long maxBytes) {
    List<LogRow> chunk = new ArrayList<>();
    if (pageAfter >= next) {
      return chunk; // after a step back
    }
    long size = 0;
    for (LogRow row : page) {
      if (row.lsn() < next) {
        continue;
      }
      size += RowSize.of(row);
      if (chunk.size() == maxRows || (!chunk.isEmpty() && size > maxBytes)) {
        break;
      }
      chunk.add(row);
    }
    return chunk;
  }

  /**
   * What was read.
   *
   * @param after as it was asked
   * @param read null if the database could not be read; it is asked again after a while
   */
  void page(long after, @Nullable List<LogRow> read, long now) {
    reads = false;
    if (read == null) {
      readAt = now + pause;
      return;
    }
    page = read;
    pageAfter = after;
    // There was a row behind it, or nothing would have been read.
    isStuck = isUp && read.isEmpty() && after == next - 1;
  }

  private void send(List<LogRow> chunk, long now) {
    long upTo = chunk.get(chunk.size() - 1).lsn();
    if (underWay.isEmpty()) {
      waitsSince = now;
    }
    long size = RowSize.of(chunk);
    underWay.add(new Sent(upTo, size, chunk.size(), now, chunk.get(0).lsn() > sentUpTo));
    bytes += size;
    rows += chunk.size();
    next = upTo + 1;
    sentUpTo = Math.max(sentUpTo, upTo);
    if (!page.isEmpty() && page.get(page.size() - 1).lsn() <= upTo) {
      page = List.of();
    }
  }

  /** Up to where the peer has stored the own log. */
  long acked() {
    return acked;
  }

  /** Bytes under way. */
  long bytes() {
    return bytes;
  }

  /** How often rows had to be sent again. */
  long resends() {
    return resends;
  }

  /** The smoothed round trip, in milliseconds, with the peer's commit; -1 if unknown. */
  long roundTrip() {
    return trips.smoothed();
  }
}
