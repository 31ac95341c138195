package dev.converge.pekko.wire;

import dev.converge.crdt.clock.ReplicaId;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An event with its place in its origin's log and in this node's journal. Immutable by agreement:
 * nobody writes into the array.
 *
 * <p>One from the journal is decoded when it is asked for its parts, not before: so a damaged one
 * harms its entity, which can say which row it is, and not the journal.
 */
public final class LoggedEvent {
  private final @Nullable EventRecord record;
  private final byte @Nullable [] encoded;
  private final @Nullable ReplicaId origin;
  private final long lsn;
  private final long position;
  private final boolean matches;

  private LoggedEvent(
      @Nullable EventRecord record,
      byte @Nullable [] encoded,
      @Nullable ReplicaId origin,
      long lsn,
      long position,
      boolean matches) {
    if (lsn < 0 || position < 0) {
      throw new IllegalArgumentException(
          "log number and position are not negative: " + lsn + ", " + position);
    }
    this.record = record;
    this.encoded = encoded;
    this.origin = origin;
    this.lsn = lsn;
    this.position = position;
    this.matches = matches && record != null;
  }

  /**
   * An event that was made or decoded.
   *
   * @param lsn the replica log number that its origin gave it, from 1; 0 if it is not known here:
   *     an own event before its commit
   */
  public LoggedEvent(EventRecord record, long lsn) {
    this(record, null, record.dot().replica(), lsn, 0, false);
  }

  /**
   * An event as the journal has it.
   *
   * @param origin whose log it is in; null if only its bytes say so
   * @param lsn its number in that log, 0 if it is not known
   * @param position its place in this node's journal, 0 if it is not known
   * @param encoded as {@link EventRecordCodec} wrote it
   */
  public static LoggedEvent stored(
      @Nullable ReplicaId origin, long lsn, long position, byte[] encoded) {
    return new LoggedEvent(null, encoded, origin, lsn, position, false);
  }

  /** A row of a log that is an event. */
  public static LoggedEvent of(LogRow row, LogEntry.Event event) {
    return new LoggedEvent(
        event.known(), event.encoded(), row.origin(), row.lsn(), row.position(), true);
  }

  /**
   * The event. Decodes at each call if it came from the journal.
   *
   * @throws WireException if it is damaged
   */
  public EventRecord record() {
    return record != null ? record : EventRecordCodec.decode(Objects.requireNonNull(encoded));
  }

  /** Whether its content is known to match its hash. */
  public boolean matchesHash() {
    return matches;
  }

  /** Its bytes. */
  public byte[] encoded() {
    return encoded != null ? encoded : EventRecordCodec.encode(Objects.requireNonNull(record));
  }

  /** Whose log it is in; null if only its bytes say so. */
  public @Nullable ReplicaId origin() {
    return origin;
  }

  /** The replica log number that its origin gave it, from 1; 0 if it is not known. */
  public long lsn() {
    return lsn;
  }

  /** Its place in this node's journal; 0 if it is not known. */
  public long position() {
    return position;
  }

  /** Which row it is, for messages; also where its bytes cannot be read. */
  public String where() {
    return "row "
        + (position == 0 ? "?" : position)
        + " (log number "
        + (lsn == 0 ? "?" : lsn)
        + (origin == null ? "" : " of " + origin)
        + ")";
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof LoggedEvent other
        && lsn == other.lsn
        && position == other.position
        && Arrays.equals(encoded(), other.encoded());
  }

  @Override
  public int hashCode() {
    return Long.hashCode(lsn) * 31 + Arrays.hashCode(encoded());
  }

  @Override
  public String toString() {
    return "LoggedEvent[" + where() + (record == null ? "" : ", " + record) + "]";
  }
}
