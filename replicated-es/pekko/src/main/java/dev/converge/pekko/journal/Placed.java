package dev.converge.pekko.journal;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.wire.Erased;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.EventRecordCodec;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import org.jspecify.annotations.Nullable;

/**
 * A row that has got its place and is to be written in the transaction under way.
 *
 * @param key the persistence id; empty for a row that belongs to no entity
 * @param position where it stands: the sequence number of an ordinary message, or the node's next
 *     position
 * @param origin whose log it is in; null for an ordinary message
 * @param lsn its place in that log; 0 if that is not known yet
 * @param time of an event; zero for other rows
 * @param after what it comes after in other logs
 * @param plain the rest of an ordinary message, else null
 * @param listed the same for those who are told; null if it has no place in a log
 * @param completes whether the row is there already, without its place in the log
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Placed(
    String key,
    long position,
    RowKind kind,
    @Nullable ReplicaId origin,
    long lsn,
    HybridTimestamp time,
    VersionVector after,
    byte[] payload,
    @Nullable Row plain,
    @Nullable LogRow listed,
    boolean completes) {

  static Placed plain(String key, Row row) {
    return new Placed(
        key,
        row.sequence(),
        RowKind.PLAIN,
        null,
        0,
        HybridTimestamp.ZERO,
        VersionVector.empty(),
        row.payload(),
        row,
        null,
        false);
  }

  /** A row of a log, at its {@code row.position()}. */
  static Placed of(LogRow row, HybridTimestamp time, boolean completes) {
    EntryForm form = EntryForm.of(row.entry());
    return new Placed(
        form.key(),
        row.position(),
        form.kind(),
        row.origin(),
        row.lsn(),
        time,
        row.after(),
        form.payload(),
        null,
        row,
        completes);
  }

  /** The event, if it is one. O(1) if it was decoded before. */
  @Nullable EventRecord event() {
    if (kind != RowKind.EVENT) {
      return null;
    }
    LogRow row = listed;
    EventRecord known =
        row != null && row.entry() instanceof LogEntry.Event event ? event.known() : null;
    return known != null ? known : EventRecordCodec.decode(payload);
  }

  /** The version of the event's form; of another row 0. O(1). */
  int schemaVersion() {
    if (kind != RowKind.EVENT) {
      return 0;
    }
    LogRow row = listed;
    EventRecord known =
        row != null && row.entry() instanceof LogEntry.Event event ? event.known() : null;
    return known != null ? known.schemaVersion() : EventHead.of(payload).schemaVersion();
  }

  /** The same without contents. */
  Placed erased() {
    EventRecord event = event();
    if (event == null) {
      return this;
    }
    byte[] bytes = EventRecordCodec.encode(Erased.of(event));
    LogRow row = listed == null ? null : Erased.of(listed);
    return new Placed(key, position, kind, origin, lsn, time, after, bytes, plain, row, completes);
  }

  /** Another replica's event whose place in its log is not known yet. */
  static Placed unlisted(
      String key, long position, ReplicaId origin, HybridTimestamp time, byte[] payload) {
    return new Placed(
        key,
        position,
        RowKind.EVENT,
        origin,
        0,
        time,
        VersionVector.empty(),
        payload,
        null,
        null,
        false);
  }
}
