package dev.converge.pekko.wire;

import dev.converge.crdt.clock.VersionVector;
import org.jspecify.annotations.Nullable;

/** What a row of a replica's log says. Immutable by agreement: nobody writes into the arrays. */
public sealed interface LogEntry {
  /**
   * An event of an entity, by far the most frequent.
   *
   * @param key type and id of the entity, see {@link dev.converge.pekko.peer.Keys}
   * @param encoded the event, as {@link EventRecordCodec} wrote it; kept as it came
   * @param known the same decoded, where that was done and its content matched its hash: so it is
   *     done once, while the row passes through a node; null elsewhere
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared; a copy would cost on the hot path
  record Event(String key, byte[] encoded, @Nullable EventRecord known) implements LogEntry {
    /** An event that nobody has decoded yet. */
    public Event(String key, byte[] encoded) {
      this(key, encoded, null);
    }

    /**
     * The event. Decodes at each call, O(bytes), unless it is {@link #known}.
     *
     * @throws WireException if the bytes are damaged
     */
    public EventRecord record() {
      return known != null ? known : EventRecordCodec.decode(encoded);
    }

    /** Without what is decoded, to be kept. */
    public Event bare() {
      return known == null ? this : new Event(key, encoded);
    }
  }

  /**
   * A replica counts from here on; its sponsor wrote this.
   *
   * @param encoded a {@code JoinRecord}
   */
  @SuppressWarnings("ArrayRecordComponent") // as above
  record Join(byte[] encoded) implements LogEntry {}

  /**
   * Events of this origin behind this row count everything up to here as seen.
   *
   * @param seen {origin → LSN}
   */
  record Floor(VersionVector seen) implements LogEntry {}
}
