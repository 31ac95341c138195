package dev.converge.pekko.journal;

import dev.converge.pekko.wire.EventRecord;
import org.jspecify.annotations.Nullable;

/**
 * One row to be written.
 *
 * @param sequence the entity's sequence number of persistence, from 1
 * @param event the replicated event; null for what is not one, which is stored but has no place in
 *     the replica log
 * @param lsn the log number that the event's origin gave it; 0 if it is not known, or is ours to
 *     give
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
    long lsn,
    int serializer,
    String manifest,
    byte[] payload,
    String adapterManifest,
    String writer,
    long timestamp) {}
