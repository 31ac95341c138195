package dev.converge.pekko.snapshot;

import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.fold.FoldCheckpoint;

/**
 * A checkpoint of an entity, with where it stands in the logs.
 *
 * @param fold what the events that it covers come to
 * @param covered {origin → LSN}: of each origin the last event that it covers
 * @param position every row of the entity that is not covered is behind this place of this node's
 *     journal
 * @param <S> the states
 * @param <E> the events
 */
public record EntityCheckpoint<S, E>(
    FoldCheckpoint<S, E> fold, VersionVector covered, long position) {}
