/**
 * Conflict-free replicated data types: immutable values whose {@code merge} is a join, so replicas
 * that have seen the same operations, in whatever order and however often, hold equal values.
 *
 * <p>Most users need one of the types here and {@link dev.converge.crdt.clock.ReplicaId} to say who
 * writes. A counter, a set or a register that stands alone is a {@link dev.converge.crdt.GCounter},
 * {@link dev.converge.crdt.PNCounter}, {@link dev.converge.crdt.GSet}, {@link
 * dev.converge.crdt.ORSet} or {@link dev.converge.crdt.LWWRegister}; inside an {@link
 * dev.converge.crdt.ORMap} live the types with a {@code type()}, which can be removed and used
 * again. Clocks are in {@link dev.converge.crdt.clock}.
 */
@NullMarked
package dev.converge.crdt;

import org.jspecify.annotations.NullMarked;
