package dev.converge.pekko.peer;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import dev.converge.pekko.journal.JournalException;
import dev.converge.pekko.journal.ReplicaLog;
import dev.converge.pekko.journal.RowListener;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/** A journal in memory that checks what it is given. Thread-safe. */
final class FakeLog implements ReplicaLog {
  private final ReplicaId self;
  private final Map<ReplicaId, List<LogRow>> logs = new HashMap<>();
  private final Map<ReplicaId, Long> compacted = new HashMap<>();
  private final List<LogRow> commits = new ArrayList<>();
  private final List<RowListener> listeners = new ArrayList<>();
  private volatile VersionVector held = VersionVector.empty();
  private volatile boolean isAway;
  private long reads;

  FakeLog(ReplicaId self) {
    this.self = self;
  }

  @Override
  public ReplicaId self() {
    return self;
  }

  @Override
  public VersionVector held() {
    return held;
  }

  /** Whether the database is away. */
  void away(boolean away) {
    isAway = away;
  }

  /** Another node's rows that carry the same numbers, as after a backup was put back. */
  void copyFrom(FakeLog other, ReplicaId origin, long upTo) {
    for (LogRow row : other.log(origin, 0, Integer.MAX_VALUE, Long.MAX_VALUE)) {
      if (row.lsn() <= upTo) {
        commit(List.of(row));
      }
    }
  }

  /** Rows up to there are no longer to be had. */
  synchronized void compact(ReplicaId origin, long upTo) {
    compacted.put(origin, upTo);
  }

  /** The next own row, which is not committed. */
  synchronized LogRow nextOwn(byte[] payload) {
    return TestRows.row(self, held.get(self) + 1, others(), payload);
  }

  private VersionVector others() {
    Map<ReplicaId, Long> others = new HashMap<>(held.entries());
    others.remove(self);
    return VersionVector.of(others);
  }

  LogRow write(String text) {
    LogRow row = nextOwn(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return commit(List.of(row)).get(0);
  }

  /**
   * Stores, checks and tells.
   *
   * @throws IllegalArgumentException if a row does not fit; nothing is stored then
   */
  synchronized List<LogRow> commit(List<LogRow> rows) {
    VersionVector now = held;
    List<LogRow> stored = new ArrayList<>();
    for (LogRow row : rows) {
      if (row.lsn() <= now.get(row.origin())) {
        continue;
      }
      if (row.lsn() != now.get(row.origin()) + 1 || !now.covers(row.after())) {
        throw new IllegalArgumentException(
            "row " + row.lsn() + " of " + row.origin() + " after " + row.after() + " on " + now);
      }
      now = now.with(row.origin(), row.lsn());
      stored.add(row.at(commits.size() + stored.size() + 1L));
    }
    for (LogRow row : stored) {
      logs.computeIfAbsent(row.origin(), o -> new ArrayList<>()).add(row);
    }
    commits.addAll(stored);
    held = now;
    if (!stored.isEmpty()) {
      listeners.forEach(listener -> listener.committed(stored));
    }
    return stored;
  }

  @Override
  public CompletionStage<Void> store(List<LogRow> rows) {
    if (isAway) {
      return CompletableFuture.failedFuture(new JournalException("the database is away", null));
    }
    try {
      commit(rows);
      return CompletableFuture.completedFuture(null);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public synchronized List<LogRow> log(ReplicaId origin, long after, int maxRows, long maxBytes) {
    if (isAway) {
      throw new JournalException("the database is away", null);
    }
    reads++;
    List<LogRow> page = new ArrayList<>();
    List<LogRow> log = logs.getOrDefault(origin, List.of());
    long bytes = 0;
    for (int i = (int) Math.max(after, compacted.getOrDefault(origin, 0L)); i < log.size(); i++) {
      bytes += RowSize.of(log.get(i));
      if (page.size() == maxRows || (!page.isEmpty() && bytes > maxBytes)) {
        break;
      }
      page.add(log.get(i));
    }
    return page;
  }

  @Override
  public synchronized Optional<LogRow> row(ReplicaId origin, long lsn) {
    return log(origin, lsn - 1, 1, 1).stream().filter(row -> row.lsn() == lsn).findFirst();
  }

  @Override
  public synchronized List<LogRow> entityRows(String key, long afterPosition, int maxRows) {
    return commits.stream()
        .filter(row -> row.position() > afterPosition)
        .filter(row -> row.entry() instanceof LogEntry.Event event && event.key().equals(key))
        .limit(maxRows)
        .toList();
  }

  @Override
  public synchronized void addRowListener(RowListener listener) {
    listeners.add(listener);
  }

  synchronized void forgetListeners() {
    listeners.clear();
  }

  /** How often the database was read. */
  synchronized long reads() {
    return reads;
  }

  @Override
  public Promise promise() {
    return new Promise(held.get(self), HybridTimestamp.ZERO);
  }

  @Override
  public CompletionStage<Promise> promise(HybridTimestamp time) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Void> write(String key, List<EventRecord> events) {
    throw new UnsupportedOperationException("no entity writes here");
  }

  @Override
  public CompletionStage<LogRow> append(BiFunction<Promise, VersionVector, LogEntry> make) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<LogRow> marks(long afterPosition, int maxRows) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ExportPage exportPage(byte[] cursor, int maxBytes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Void> importBegin() {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Void> importPage(byte[] body) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Void> importEnd(VersionVector held, Map<String, byte[]> states) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<byte[]> state(String name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Void> putState(String name, byte[] value) {
    throw new UnsupportedOperationException();
  }
}
