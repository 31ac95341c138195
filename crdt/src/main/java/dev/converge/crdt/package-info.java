/**
 * Conflict-free replicated data types: immutable values whose {@code merge} is a join, so replicas
 * that have seen the same operations, in whatever order and however often, hold equal values.
 *
 * <p>Most users need one of the types here and {@link dev.converge.crdt.clock.ReplicaId} to say who
 * writes. Clocks live in {@link dev.converge.crdt.clock}.
 */
@NullMarked
package dev.converge.crdt;

import org.jspecify.annotations.NullMarked;
