package dev.converge.pekko.journal;

/**
 * A checkpoint of an entity as it is stored: what Pekko Persistence hands to the entity as its
 * snapshot.
 *
 * @param bytes as they were given to {@link JournalDatabase#saveCheckpoint}
 * @param position replay starts behind it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; a copy would cost
public record StoredCheckpoint(byte[] bytes, long position) {}
