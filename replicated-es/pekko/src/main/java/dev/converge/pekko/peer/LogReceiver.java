package dev.converge.pekko.peer;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.journal.ReplicaLog;
import dev.converge.pekko.replication.MembershipSide;
import dev.converge.pekko.wire.LogRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What rows of any origin go through on their way into the journal: each log in its order, without
 * gaps, and each row behind what it comes {@code after}. One batch is stored at a time; the next
 * one grows meanwhile.
 *
 * <pre>
 * offered ─→ held already?          compared with what is in memory, dropped
 *         ─→ may not be stored?     dropped
 *         ─→ next, and all there?   ready ─→ under way ─→ stored
 *         ─→ else                   early, if there is room; dropped, and sent again, if not
 * </pre>
 *
 * <p>The next row of a log needs no room, so there is always one that can go on. Single-threaded,
 * without clock or I/O.
 */
final class LogReceiver {
  private record Early(LogRow row, String from, long bytes) {}

  /** Somebody else's rows are missing, for this. */
  record Need(long upTo, String askFirst) {}

  private final ReplicaLog log;
  private final MembershipSide membership;
  private final RecentRows recent;
  private final LinkSettings.Limits limits;
  private final Consumer<LinkReport> reports;

  private final Map<ReplicaId, TreeMap<Long, Early>> early = new TreeMap<>();
  private long earlyBytes;
  private int earlyRows;

  /** Held, under way or ready. */
  private VersionVector given;

  private List<LogRow> ready = new ArrayList<>();
  private long readyBytes;
  private List<LogRow> underWay = List.of();
  private boolean stores;

  /**
   * Who waits to hear what is stored: rows of theirs are ready, under way, or were held already.
   */
  private final Set<String> readyFrom = new TreeSet<>();

  private final Set<String> underWayFrom = new TreeSet<>();
  private final Set<String> repeated = new TreeSet<>();

  LogReceiver(
      ReplicaLog log,
      MembershipSide membership,
      RecentRows recent,
      LinkSettings settings,
      Consumer<LinkReport> reports) {
    this.log = log;
    this.membership = membership;
    this.recent = recent;
    this.limits = settings.limits();
    this.reports = reports;
    this.given = log.held();
  }

  /** Rows came from a peer. */
  void offer(String from, List<LogRow> rows) {
    given = given.merge(log.held());
    for (LogRow row : rows) {
      if (row.lsn() <= given.get(row.origin())) {
        repeated.add(from);
        compare(from, row, recent.get(row.origin(), row.lsn()));
      } else if (membership.mayStore(row.origin(), row.lsn())) {
        put(from, row);
      }
    }
    drain();
  }

  private void put(String from, LogRow row) {
    TreeMap<Long, Early> rest = early.get(row.origin());
    Early known = rest == null ? null : rest.get(row.lsn());
    if (known != null) {
      compare(from, row, known.row());
      return;
    }
    boolean isNext = row.lsn() == given.get(row.origin()) + 1;
    long bytes = RowSize.of(row);
    if (isNext || (earlyBytes + bytes <= limits.earlyBytes() && earlyRows < limits.earlyRows())) {
      LogRow decoded = RowCheck.decoded(row);
      String damage = RowCheck.damage(decoded);
      if (damage != null) {
        report(LinkReport.Kind.DAMAGED, from, row, damage);
      } else if (isNext && isReady(row)) {
        give(from, decoded);
      } else {
        Early waits = new Early(row, from, bytes);
        early.computeIfAbsent(row.origin(), o -> new TreeMap<>()).put(row.lsn(), waits);
        earlyBytes += bytes;
        earlyRows++;
      }
    }
  }

  private void compare(String from, LogRow came, @Nullable LogRow here) {
    String difference = here == null ? null : RowCheck.difference(here, came);
    if (difference != null) {
      report(LinkReport.Kind.CONTRADICTION, from, came, difference);
    }
  }

  private void report(LinkReport.Kind kind, String from, LogRow row, String detail) {
    reports.accept(new LinkReport(kind, from, row.origin(), row.lsn(), detail));
  }

  private boolean isReady(LogRow row) {
    return readyBytes < 2 * limits.batchBytes()
        && ready.size() < 2 * limits.batchRows()
        && given.covers(row.after());
  }

  private void give(String from, LogRow row) {
    given = given.with(row.origin(), row.lsn());
    ready.add(row);
    readyBytes += RowSize.of(row);
    readyFrom.add(from);
  }

  /** Moves on what can be moved on. */
  private void drain() {
    boolean moved = !early.isEmpty();
    while (moved) {
      moved = false;
      for (Iterator<TreeMap<Long, Early>> logs = early.values().iterator(); logs.hasNext(); ) {
        TreeMap<Long, Early> rest = logs.next();
        moved |= drain(rest);
        if (rest.isEmpty()) {
          logs.remove();
        }
      }
    }
  }

  private boolean drain(TreeMap<Long, Early> rest) {
    boolean moved = false;
    while (!rest.isEmpty()) {
      Early first = rest.firstEntry().getValue();
      LogRow row = first.row();
      long next = given.get(row.origin()) + 1;
      if (row.lsn() < next) {
        remove(rest);
      } else if (!membership.mayStore(row.origin(), row.lsn())) {
        rest.values().forEach(this::forget);
        rest.clear();
      } else if (row.lsn() == next && isReady(row)) {
        remove(rest);
        give(first.from(), row);
        moved = true;
      } else {
        if (row.lsn() == next && !given.covers(row.after())) {
          membership.waits(row);
        }
        break;
      }
    }
    return moved;
  }

  private void remove(TreeMap<Long, Early> rest) {
    Map.Entry<Long, Early> first = rest.pollFirstEntry();
    if (first != null) {
      forget(first.getValue());
    }
  }

  private void forget(Early gone) {
    earlyBytes -= gone.bytes();
    earlyRows--;
  }

  /**
   * What to store now; to be followed by {@link #stored}, {@link #failed} or {@link #refused}.
   *
   * @return null if there is nothing, or a batch is under way
   */
  @Nullable List<LogRow> batch() {
    if (stores || ready.isEmpty()) {
      return null;
    }
    checkAgain();
    if (ready.isEmpty()) {
      return null;
    }
    List<LogRow> batch = ready;
    if (ready.size() > limits.batchRows() || readyBytes > limits.batchBytes()) {
      int count = 0;
      long bytes = 0;
      while (count < ready.size() && count < limits.batchRows()) {
        bytes += RowSize.of(ready.get(count));
        if (count > 0 && bytes > limits.batchBytes()) {
          break;
        }
        count++;
      }
      batch = new ArrayList<>(ready.subList(0, count));
      ready = new ArrayList<>(ready.subList(count, ready.size()));
      readyBytes = RowSize.of(ready);
      underWayFrom.addAll(readyFrom);
    } else {
      ready = new ArrayList<>();
      readyBytes = 0;
      underWayFrom.addAll(readyFrom);
      readyFrom.clear();
    }
    stores = true;
    underWay = batch;
    return batch;
  }

  /**
   * A log may have been closed since its rows became ready; then what comes after them goes too.
   */
  private void checkAgain() {
    VersionVector now = log.held();
    List<LogRow> still = new ArrayList<>(ready.size());
    for (LogRow row : ready) {
      if (row.lsn() == now.get(row.origin()) + 1
          && now.covers(row.after())
          && membership.mayStore(row.origin(), row.lsn())) {
        now = now.with(row.origin(), row.lsn());
        still.add(row);
      }
    }
    if (still.size() < ready.size()) {
      ready = still;
      readyBytes = RowSize.of(still);
      given = now;
    }
  }

  /**
   * The batch was committed.
   *
   * @return who is to be told at once
   */
  Set<String> stored() {
    stores = false;
    underWay = List.of();
    given = given.merge(log.held());
    drain();
    Set<String> tell = new HashSet<>(underWayFrom);
    underWayFrom.clear();
    return tell;
  }

  /** The database did not take the batch: it is the next one again. */
  void failed() {
    stores = false;
    List<LogRow> again = new ArrayList<>(underWay);
    again.addAll(ready);
    ready = again;
    readyBytes = RowSize.of(ready);
    readyFrom.addAll(underWayFrom);
    underWayFrom.clear();
  }

  /**
   * The batch does not fit what is held. What is ready rests on it and goes too: it comes again.
   */
  void refused() {
    stores = false;
    ready = new ArrayList<>();
    readyBytes = 0;
    readyFrom.clear();
    underWayFrom.clear();
    given = log.held();
    drain();
  }

  /** Something was committed, or what may be stored has changed. */
  void changed() {
    given = given.merge(log.held());
    drain();
  }

  /** Who sent again what is held: an acknowledgement was lost. Each is returned once. */
  Set<String> repeated() {
    if (repeated.isEmpty()) {
      return Set.of();
    }
    Set<String> told = Set.copyOf(repeated);
    repeated.clear();
    return told;
  }

  /** {origin → LSN}: what is held, or on its way into the journal. */
  VersionVector given() {
    return given;
  }

  /** Up to where that log is here without a gap, early rows included. O(early rows of it). */
  long end(ReplicaId origin) {
    long end = given.get(origin);
    TreeMap<Long, Early> rest = early.get(origin);
    if (rest != null) {
      for (long lsn : rest.keySet()) {
        if (lsn > end + 1) {
          break;
        }
        end = Math.max(end, lsn);
      }
    }
    return end;
  }

  /** The first early row behind {@code lsn} in that log; the greatest number if there is none. */
  long firstBehind(ReplicaId origin, long lsn) {
    TreeMap<Long, Early> rest = early.get(origin);
    Long first = rest == null ? null : rest.higherKey(lsn);
    return first == null ? Long.MAX_VALUE : first;
  }

  /** What the first early row of each log waits for. O(logs × replicas). */
  Map<ReplicaId, Need> needs() {
    if (early.isEmpty()) {
      return Map.of();
    }
    Map<ReplicaId, Need> needs = new HashMap<>();
    for (TreeMap<Long, Early> rest : early.values()) {
      Early first = rest.firstEntry().getValue();
      ReplicaId origin = first.row().origin();
      if (first.row().lsn() > given.get(origin) + 1) {
        need(needs, origin, first.row().lsn() - 1, first.from());
      } else {
        first.row().after().forEach((other, lsn) -> need(needs, other, lsn, first.from()));
      }
    }
    return needs;
  }

  private void need(Map<ReplicaId, Need> needs, ReplicaId origin, long upTo, String from) {
    if (upTo > given.get(origin)) {
      needs.merge(origin, new Need(upTo, from), (a, b) -> a.upTo() >= b.upTo() ? a : b);
    }
  }

  /** Whether there is much room for early rows. */
  boolean hasRoom() {
    return earlyBytes < limits.earlyBytes() / 2 && earlyRows < limits.earlyRows() / 2;
  }

  long earlyBytes() {
    return earlyBytes;
  }

  int earlyRows() {
    return earlyRows;
  }

  long readyBytes() {
    return readyBytes;
  }
}
