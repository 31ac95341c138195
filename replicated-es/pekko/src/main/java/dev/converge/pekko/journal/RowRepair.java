package dev.converge.pekko.journal;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.event.ContentHash;
import dev.converge.engine.event.OriginId;
import dev.converge.pekko.wire.Erased;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.EventRecordCodec;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import dev.converge.pekko.wire.WireException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds damaged rows, and puts good copies in their places. Thread-safe; blocks. */
final class RowRepair {
  private final Writing writing;
  private final ReplicaTable replicas;
  private final LogReader reader;

  RowRepair(Writing writing, ReplicaTable replicas, LogReader reader) {
    this.writing = writing;
    this.replicas = replicas;
    this.reader = reader;
  }

  /** What reading each damaged row of an entity says. O(its events), all of which are hashed. */
  List<DamagedRowException> damaged(String persistenceId) throws SQLException {
    List<DamagedRowException> found = new ArrayList<>();
    long next = 0;
    while (true) {
      List<StoredRow> page;
      try {
        page = reader.rows(persistenceId, next, Long.MAX_VALUE, Long.MAX_VALUE);
      } catch (DamagedRowException e) {
        found.add(e);
        next = e.position() + 1;
        continue;
      }
      if (page.isEmpty()) {
        return found;
      }
      for (StoredRow row : page) {
        DamagedRowException damage = damage(row);
        if (damage != null) {
          found.add(damage);
        }
        next = row.position() + 1;
      }
    }
  }

  private static @Nullable DamagedRowException damage(StoredRow row) {
    try {
      row.verify();
      if (row.kind() == RowKind.EVENT.code()) {
        EventRecord event = EventRecordCodec.decode(row.payload());
        if (!hasItsHash(event)) {
          return row.damaged("its content hash is wrong", null);
        }
      }
      return null;
    } catch (DamagedRowException e) {
      return e;
    } catch (WireException e) {
      return row.damaged(String.valueOf(e.getMessage()), e);
    }
  }

  private static boolean hasItsHash(EventRecord event) {
    String originId = event.originId();
    return ContentHash.of(
            event.dot(),
            event.time(),
            event.context(),
            event.schemaVersion(),
            originId == null ? null : new OriginId(originId),
            event.payload())
        .equals(ContentHash.ofBytes(event.hash()));
  }

  /** See {@link JournalDatabase#repair}. */
  boolean repair(LogRow peers) throws SQLException {
    boolean isErased =
        peers.entry() instanceof LogEntry.Event event && reader.isErased(event.key());
    LogRow copy = isErased ? Erased.of(peers) : peers;
    StoredRow old =
        reader
            .stored(copy.origin(), copy.lsn())
            .orElseThrow(() -> refused(copy, "there is no such row here"));
    if (damage(old) == null) {
      return false;
    }
    EntryForm form = EntryForm.of(copy.entry());
    if (!form.key().equals(old.key()) || form.kind().code() != old.kind()) {
      throw refused(
          copy, "the row here is of '" + old.key() + "', the copy of '" + form.key() + "'");
    }
    EventRecord event = copy.entry() instanceof LogEntry.Event entry ? good(copy, entry) : null;
    if (event != null && event.time().packed() != old.time()) {
      throw refused(copy, "the times differ");
    }
    byte[] after = new AfterForm().bytes(copy.after(), id -> number(copy, id));
    int check =
        RowCheck.of(
            old.key(),
            form.kind(),
            old.originNumber(),
            old.lsn(),
            old.time(),
            after,
            form.payload());
    // The old checksum is that of what was written. Where it is damaged itself, the old bytes
    // speak.
    // Of an erased one neither says anything any more: time and place do.
    if ((old.check() == null || check != old.check()) && !isErased && !isSame(event, old)) {
      throw refused(copy, "it is not what was written here");
    }
    writing.transaction(
        connection ->
            LogInserts.run(
                connection,
                "UPDATE \"event_log\" SET \"event_payload\" = ?, \"after\" = ?, \"crc\" = ?"
                    + " WHERE \"position\" = ?",
                form.payload(),
                after,
                check,
                old.position()));
    return true;
  }

  private int number(LogRow copy, ReplicaId id) {
    try {
      return replicas.numberOf(id);
    } catch (IllegalStateException e) {
      throw refused(copy, String.valueOf(e.getMessage()));
    }
  }

  private static EventRecord good(LogRow copy, LogEntry.Event entry) {
    try {
      EventRecord event = entry.record();
      if (event.dot().replica().equals(copy.origin()) && hasItsHash(event)) {
        return event;
      }
    } catch (WireException e) {
      throw refused(copy, String.valueOf(e.getMessage()));
    }
    throw refused(copy, "the copy is damaged too");
  }

  private static boolean isSame(@Nullable EventRecord event, StoredRow old) {
    try {
      EventRecord before = EventRecordCodec.decode(old.payload());
      return event != null && event.equals(before) && hasItsHash(before);
    } catch (WireException e) {
      return false;
    }
  }

  private static JournalException refused(LogRow copy, String why) {
    return new JournalException(
        "row " + copy.lsn() + " of " + copy.origin() + " is not repaired: " + why, null);
  }
}
