package dev.converge.pekko.peer;

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
import java.util.ArrayList;
import java.util.List;

/** Rows with events whose hashes are right. */
final class TestRows {
  static final ReplicaId A = new ReplicaId("a", 1);
  static final ReplicaId B = new ReplicaId("b", 1);
  static final ReplicaId C = new ReplicaId("c", 1);

  private TestRows() {}

  static LogRow row(ReplicaId origin, long lsn) {
    return row(origin, lsn, VersionVector.empty());
  }

  static LogRow row(ReplicaId origin, long lsn, VersionVector after) {
    return row(origin, lsn, after, origin + "/" + lsn);
  }

  static LogRow row(ReplicaId origin, long lsn, VersionVector after, String text) {
    return row(origin, lsn, after, text.getBytes(StandardCharsets.UTF_8));
  }

  static LogRow row(ReplicaId origin, long lsn, VersionVector after, byte[] payload) {
    Dot dot = Dot.of(origin, lsn);
    HybridTimestamp time = new HybridTimestamp(1_000 + lsn, 0);
    CausalContext context = CausalContext.of(VersionVector.empty(), List.of());
    byte[] hash = ContentHash.of(dot, time, context, 1, null, payload).bytes();
    EventRecord record = new EventRecord(dot, time, context, 1, null, hash, payload);
    LogEntry entry = new LogEntry.Event("note|" + lsn % 10, EventRecordCodec.encode(record));
    return new LogRow(origin, lsn, after, entry, 0);
  }

  /** A row whose event does not match its hash. */
  static LogRow damaged(ReplicaId origin, long lsn) {
    byte[] encoded = ((LogEntry.Event) row(origin, lsn).entry()).encoded().clone();
    encoded[encoded.length - 1] ^= 1;
    return new LogRow(origin, lsn, VersionVector.empty(), new LogEntry.Event("note|1", encoded), 0);
  }

  static List<LogRow> rows(ReplicaId origin, long from, long to) {
    List<LogRow> rows = new ArrayList<>();
    for (long lsn = from; lsn <= to; lsn++) {
      rows.add(row(origin, lsn));
    }
    return rows;
  }

  static List<Long> lsns(List<LogRow> rows) {
    return rows.stream().map(LogRow::lsn).toList();
  }
}
