package dev.converge.pekko.snapshot;

/**
 * A checkpoint as it is stored. Immutable by agreement: nobody writes into the array.
 *
 * @param position the entity's rows of the journal up to this one need not be read with it
 * @param bytes as {@link CheckpointForm} wrote it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record StoredCheckpoint(long position, byte[] bytes) {}
