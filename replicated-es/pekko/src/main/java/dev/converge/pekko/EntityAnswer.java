package dev.converge.pekko;

import dev.converge.crdt.clock.VersionVector;

/**
 * An entity as one replica sees it.
 *
 * @param id the entity's id
 * @param state the state
 * @param version the events that are in it
 * @param isFinal whether no event can change it any more except new ones; always false as yet
 */
public record EntityAnswer<S>(String id, S state, VersionVector version, boolean isFinal) {}
