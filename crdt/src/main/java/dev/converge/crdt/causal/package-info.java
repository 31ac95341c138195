/**
 * The causal core of the observed-remove types: what is alive is a store of dots, what has been
 * seen is a causal context; a dot that has been seen and is not in the store was removed. So no
 * removal leaves a tombstone.
 *
 * <p>Most users need the types of {@link dev.converge.crdt} that are built on it. Whoever writes a
 * type of their own starts at {@link dev.converge.crdt.causal.Causal}; whoever writes a codec reads
 * {@link dev.converge.crdt.causal.Causal#store} and {@link dev.converge.crdt.causal.Causal#context}
 * and rebuilds with {@link dev.converge.crdt.causal.CausalType#restore}.
 */
@NullMarked
package dev.converge.crdt.causal;

import org.jspecify.annotations.NullMarked;
