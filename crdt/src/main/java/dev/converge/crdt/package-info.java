/**
 * Conflict-free replicated data types: immutable values whose {@code merge} is a join, so replicas
 * that have seen the same operations, in whatever order and however often, hold equal values.
 *
 * <p>Most users need one of the types here and {@link dev.converge.crdt.clock.ReplicaId} to say who
 * writes. Inside an {@link dev.converge.crdt.ORMap} live the types with a {@code type()}, which can
 * be removed and used again; {@link dev.converge.crdt.GCounter}, {@link
 * dev.converge.crdt.PNCounter}, {@link dev.converge.crdt.GSet} and {@link
 * dev.converge.crdt.LWWRegister} have a causal twin for that, and {@link
 * dev.converge.crdt.BoundedCounter} stands alone. Clocks are in {@link dev.converge.crdt.clock},
 * lists and text in {@link dev.converge.crdt.sequence}; {@link dev.converge.crdt.binary} and {@code
 * dev.converge.crdt.json} write and read all of them.
 */
@NullMarked
package dev.converge.crdt;

import org.jspecify.annotations.NullMarked;
