package dev.converge.pekko.journal;

import dev.converge.pekko.wire.ConvergeSerializer;

/**
 * A stored state of a persistent actor: what Pekko calls a snapshot, or an entity's checkpoint.
 *
 * @param persistenceId whose it is
 * @param position replay starts behind it
 * @param created wall milliseconds
 * @param serializer identifier of the serializer that wrote {@code payload}
 * @param manifest that serializer's manifest
 * @param payload the bytes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Snapshot(
    String persistenceId,
    long position,
    long created,
    int serializer,
    String manifest,
    byte[] payload) {
  static final String CHECKPOINT = "checkpoint";

  static Snapshot checkpoint(String persistenceId, long position, long created, byte[] bytes) {
    return new Snapshot(
        persistenceId, position, created, ConvergeSerializer.IDENTIFIER, CHECKPOINT, bytes);
  }

  boolean isCheckpoint() {
    return serializer == ConvergeSerializer.IDENTIFIER && manifest.equals(CHECKPOINT);
  }
}
