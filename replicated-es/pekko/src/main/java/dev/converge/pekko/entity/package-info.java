/**
 * The live entities of a node. One idea: rows of the journal are the node's, whoever wrote them; an
 * entity in memory is a view of its rows, and adds own ones.
 *
 * <p>{@link dev.converge.pekko.entity.Hosting} hands rows, work and frontiers to {@code
 * EntityActor}s, which {@code Registry} wakes and lets go. An actor's {@code LiveEntity} is the
 * user's entity over {@code EntityMemory}, the engine's replica with the places of its events;
 * {@code Archive} reads what has left memory. {@code Hooks}, {@code ConflictWatch} and {@link
 * dev.converge.pekko.entity.EntityCare} look after all entities.
 */
@NullMarked
package dev.converge.pekko.entity;

import org.jspecify.annotations.NullMarked;
