package dev.converge.pekko.entity;

import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.fold.TailNeeded;
import dev.converge.pekko.snapshot.EntityCheckpoint;
import org.jspecify.annotations.Nullable;

/**
 * Something cannot be done with what is in memory: an older checkpoint, and the rows behind it, are
 * to be read first.
 *
 * @param needed what the engine asks for, or null
 * @param seen {origin → LSN}: events around these places must be in memory again; or null
 */
record TailWanted(@Nullable TailNeeded needed, @Nullable VersionVector seen) {
  /** Whether a checkpoint is old enough. */
  boolean isMetBy(EntityCheckpoint<?, ?> checkpoint) {
    return (needed == null || needed.isMetBy(checkpoint.fold()))
        && (seen == null || seen.covers(checkpoint.covered()));
  }
}
