package dev.converge.pekko.journal;

import dev.converge.pekko.wire.ConvergeSerializer;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.EventRecordCodec;
import org.jspecify.annotations.Nullable;

/**
 * One message of a persistent actor, to be written.
 *
 * @param sequence Pekko's sequence number of it, from 1; where it stands if it is not replicated
 * @param event the replicated event; null for what is not one, which has no place in any log
 * @param serializer identifier of the serializer that wrote {@code payload}
 * @param manifest that serializer's manifest
 * @param payload the bytes
 * @param adapterManifest the event adapter's manifest; mostly empty
 * @param writer Pekko's id of the writing actor's life
 * @param timestamp wall milliseconds, as Pekko gives them
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; a copy would cost on the hot path
record Row(
    long sequence,
    @Nullable EventRecord event,
    int serializer,
    String manifest,
    byte[] payload,
    String adapterManifest,
    String writer,
    long timestamp) {

  /** An own event of an entity. O(bytes). */
  static Row of(EventRecord event) {
    return new Row(
        0,
        event,
        ConvergeSerializer.IDENTIFIER,
        ConvergeSerializer.EVENT,
        EventRecordCodec.encode(event),
        "",
        "",
        0);
  }
}
