package dev.converge.pekko.journal;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.ContentHash;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.EventRecordCodec;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Events, rows and writes for tests. */
final class Samples {
  static final ReplicaId SELF = new ReplicaId("node-1", 1);
  static final ReplicaId TWO = new ReplicaId("node-2", 1);
  static final ReplicaId THREE = new ReplicaId("node-3", 1);
  static final VersionVector NOTHING = VersionVector.empty();

  private Samples() {}

  static HybridTimestamp time(long millis) {
    return new HybridTimestamp(millis, 0);
  }

  /** An event with its right hash. */
  static EventRecord event(ReplicaId origin, long sequence, long millis) {
    byte[] payload = ("event " + sequence).getBytes(StandardCharsets.UTF_8);
    Dot dot = Dot.of(origin, sequence);
    CausalContext context = CausalContext.empty();
    ContentHash hash = ContentHash.of(dot, time(millis), context, 1, null, payload);
    return new EventRecord(dot, time(millis), context, 1, null, hash.bytes(), payload);
  }

  static LogEntry.Event entry(String key, EventRecord event) {
    return new LogEntry.Event(key, EventRecordCodec.encode(event));
  }

  /** A row of a log as a peer would send it: its event has the same number, and time 1,000 + it. */
  static LogRow row(ReplicaId origin, long lsn, VersionVector after, String key) {
    return new LogRow(origin, lsn, after, entry(key, event(origin, lsn, 1_000 + lsn)), 0);
  }

  static LogRow row(ReplicaId origin, long lsn, String key) {
    return row(origin, lsn, NOTHING, key);
  }

  /** A replicated event as an entity hands it to Pekko. */
  static Row message(long sequence, EventRecord event) {
    return new Row(
        sequence, event, 170_521, "event", EventRecordCodec.encode(event), "", "writer", 7);
  }

  static Row own(long sequence, long millis) {
    return message(sequence, event(SELF, sequence, millis));
  }

  static Write write(String key, Row... rows) {
    return new Write(key, List.of(rows), new CompletableFuture<>());
  }

  /** Hands a write to the journal. */
  static Write submit(JournalDatabase database, Write write) {
    database.commits().submit(write);
    return write;
  }

  static void await(Write write) {
    await(write.done());
  }

  static <T> T await(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  static List<Long> lsns(JournalDatabase database, ReplicaId origin) {
    return database.log(origin, 0, 10_000, Long.MAX_VALUE).stream().map(LogRow::lsn).toList();
  }
}
