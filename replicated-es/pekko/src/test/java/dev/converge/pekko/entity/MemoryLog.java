package dev.converge.pekko.entity;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import dev.converge.pekko.journal.ReplicaLog;
import dev.converge.pekko.journal.RowListener;
import dev.converge.pekko.journal.StoredCheckpoint;
import dev.converge.pekko.snapshot.CheckpointStore;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/** A journal in memory, as far as reading an entity needs one. */
class MemoryLog implements ReplicaLog, CheckpointStore {
  final ReplicaId self;
  final List<LogRow> rows = new ArrayList<>();
  final TreeMap<Long, StoredCheckpoint> checkpoints = new TreeMap<>();
  VersionVector held = VersionVector.empty();

  MemoryLog(ReplicaId self) {
    this.self = self;
  }

  /** Commits a row at the next position. */
  LogRow add(LogRow row) {
    LogRow placed = row.at(rows.size() + 1L);
    rows.add(placed);
    held = held.with(row.origin(), row.lsn());
    return placed;
  }

  @Override
  public ReplicaId self() {
    return self;
  }

  @Override
  public VersionVector held() {
    return held;
  }

  @Override
  public List<LogRow> entityRows(String key, long afterPosition, int maxRows) {
    return rows.stream()
        .filter(row -> row.position() > afterPosition)
        .filter(row -> row.entry() instanceof LogEntry.Event event && event.key().equals(key))
        .limit(maxRows)
        .toList();
  }

  @Override
  public CompletionStage<Void> save(String persistenceId, long position, byte[] checkpoint) {
    checkpoints.put(position, new StoredCheckpoint(checkpoint, position));
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public List<StoredCheckpoint> checkpoints(String persistenceId) {
    return List.copyOf(checkpoints.descendingMap().values());
  }

  @Override
  public Promise promise() {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Promise> promise(HybridTimestamp time) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Void> store(List<LogRow> stored) {
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
  public List<LogRow> log(ReplicaId origin, long after, int maxRows, long maxBytes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<LogRow> row(ReplicaId origin, long lsn) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void addRowListener(RowListener listener) {
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

  @Override
  public List<LogRow> marks(long afterPosition, int maxRows) {
    return entityRows("", afterPosition, maxRows);
  }

  @Override
  public ExportPage exportPage(byte[] cursor, int maxBytes) {
    throw new UnsupportedOperationException("nobody joins here");
  }

  @Override
  public CompletionStage<Void> importBegin() {
    throw new UnsupportedOperationException("nobody joins here");
  }

  @Override
  public CompletionStage<Void> importPage(byte[] body) {
    throw new UnsupportedOperationException("nobody joins here");
  }

  @Override
  public CompletionStage<Void> importEnd(VersionVector held, Map<String, byte[]> states) {
    throw new UnsupportedOperationException("nobody joins here");
  }
}
