package dev.converge.pekko.journal;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.wire.LogEntry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * An entry of a log as columns: key, kind, bytes.
 *
 * <p>A floor's bytes are, for each replica: length of its id (one byte), the id in ASCII, the log
 * number (8 bytes, big-endian).
 *
 * @param key the persistence id; empty for what belongs to no entity
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record EntryForm(String key, RowKind kind, byte[] payload) {
  /** The key of rows that belong to no entity. Pekko allows no such persistence id. */
  static final String NO_ENTITY = "";

  static EntryForm of(LogEntry entry) {
    if (entry instanceof LogEntry.Event event) {
      return new EntryForm(event.key(), RowKind.EVENT, event.encoded());
    }
    if (entry instanceof LogEntry.Join join) {
      return new EntryForm(NO_ENTITY, RowKind.JOIN, join.encoded());
    }
    if (entry instanceof LogEntry.Floor floor) {
      return new EntryForm(NO_ENTITY, RowKind.FLOOR, vector(floor.seen()));
    }
    throw new IllegalArgumentException("an entry that has no form: " + entry);
  }

  /**
   * The entry.
   *
   * @throws IllegalArgumentException if the bytes stand for none
   */
  LogEntry entry() {
    return switch (kind) {
      case EVENT -> new LogEntry.Event(key, payload);
      case JOIN -> new LogEntry.Join(payload);
      case FLOOR -> new LogEntry.Floor(vector(payload));
      case PLAIN ->
          throw new IllegalArgumentException("a message of " + key + " is in no replica's log");
    };
  }

  private static byte[] vector(VersionVector vector) {
    Map<ReplicaId, Long> entries = vector.entries();
    int bytes = 0;
    for (ReplicaId id : entries.keySet()) {
      bytes += 9 + id.toString().length();
    }
    ByteBuffer form = ByteBuffer.allocate(bytes);
    entries.forEach(
        (id, lsn) -> {
          byte[] name = id.toString().getBytes(StandardCharsets.US_ASCII);
          form.put((byte) name.length).put(name).putLong(lsn);
        });
    return form.array();
  }

  private static VersionVector vector(byte[] bytes) {
    ByteBuffer form = ByteBuffer.wrap(bytes);
    Map<ReplicaId, Long> entries = new TreeMap<>();
    while (form.hasRemaining()) {
      int length = form.get() & 0xFF;
      if (form.remaining() < length + Long.BYTES) {
        throw new IllegalArgumentException("a floor of " + bytes.length + " bytes is cut short");
      }
      byte[] name = new byte[length];
      form.get(name);
      entries.put(ReplicaId.parse(new String(name, StandardCharsets.US_ASCII)), form.getLong());
    }
    return VersionVector.of(entries);
  }
}
