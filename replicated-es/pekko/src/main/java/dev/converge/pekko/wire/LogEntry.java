package dev.converge.pekko.wire;

import dev.converge.crdt.clock.VersionVector;

/** What a row of a replica's log says. Immutable by agreement: nobody writes into the arrays. */
public sealed interface LogEntry {
  /**
   * An event of an entity, by far the most frequent.
   *
   * @param key type and id of the entity, see {@link dev.converge.pekko.peer.Keys}
   * @param encoded the event, as {@link EventRecordCodec} wrote it; kept as it came
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared; a copy would cost on the hot path
  record Event(String key, byte[] encoded) implements LogEntry {
    /**
     * The event. Decodes at each call: O(bytes).
     *
     * @throws WireException if the bytes are damaged
     */
    public EventRecord record() {
      return EventRecordCodec.decode(encoded);
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
