package dev.converge.pekko.wire;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.engine.event.ContentHash;
import java.nio.charset.StandardCharsets;

/**
 * What an erasure leaves of an entity: a record of it, which is an event of the entity in its
 * origin's log, and its other events without what they said. Both are told by schema versions that
 * no type may use; a node that does not know them takes them for events of newer code.
 *
 * <p>A row without contents keeps its dot, time and context, and has the hash of just these. So it
 * is the same at whichever replica it was erased, and passes every check that a row goes through.
 * Of the contents nothing is left, not even their hash: whoever can guess them could test it.
 *
 * <p>Thread-safe.
 */
public final class Erased {
  /** The schema version of an event that says that its entity is erased. */
  public static final int RECORD = Integer.MAX_VALUE;

  /** The schema version of an event whose contents are erased. */
  public static final int EVENT = Integer.MAX_VALUE - 1;

  private static final byte[] NOTHING = new byte[0];

  private Erased() {}

  /** The record that an entity is erased. */
  public static EventRecord record(
      Dot dot, HybridTimestamp time, CausalContext context, String reason) {
    return event(dot, time, context, RECORD, reason.getBytes(StandardCharsets.UTF_8));
  }

  /** Why, as a record says. */
  public static String reason(EventRecord record) {
    return new String(record.payload(), StandardCharsets.UTF_8);
  }

  /** An event without its contents; a record, and what is erased already, as it is. O(context). */
  public static EventRecord of(EventRecord event) {
    return event.schemaVersion() >= EVENT
        ? event
        : event(event.dot(), event.time(), event.context(), EVENT, NOTHING);
  }

  /** The same of a row; one that is no event as it is. */
  public static LogRow of(LogRow row) {
    if (!(row.entry() instanceof LogEntry.Event event)) {
      return row;
    }
    EventRecord before = event.record();
    EventRecord after = of(before);
    if (after == before) {
      return row;
    }
    LogEntry entry = new LogEntry.Event(event.key(), EventRecordCodec.encode(after), after);
    return new LogRow(row.origin(), row.lsn(), row.after(), entry, row.position());
  }

  private static EventRecord event(
      Dot dot, HybridTimestamp time, CausalContext context, int version, byte[] payload) {
    byte[] hash = ContentHash.of(dot, time, context, version, null, payload).bytes();
    return new EventRecord(dot, time, context, version, null, hash, payload);
  }

  /** Whether it says that its entity is erased. */
  public static boolean isRecord(EventRecord event) {
    return event.schemaVersion() == RECORD;
  }

  /** Whether its contents are erased. */
  public static boolean isErased(EventRecord event) {
    return event.schemaVersion() == EVENT;
  }

  /** Whether it shows that its entity is erased, by either. */
  public static boolean shows(EventRecord event) {
    return event.schemaVersion() >= EVENT;
  }

  /** The same of an entry that may not be decoded yet. O(1). */
  public static boolean shows(LogEntry.Event event) {
    EventRecord known = event.known();
    try {
      return known != null
          ? shows(known)
          : EventRecordCodec.schemaVersionOf(event.encoded()) >= EVENT;
    } catch (WireException e) {
      return false; // whoever reads it says what is wrong with it
    }
  }
}
