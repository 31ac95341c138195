/**
 * The replication engine: from a set of events, however they came, to one state that every replica
 * agrees on. Pure: no threads, clocks or I/O; time, randomness and ids are arguments.
 *
 * <p>Most users need two classes: {@link dev.converge.engine.fold.EntityModel}, which says what
 * events mean, and {@link dev.converge.engine.replica.EntityReplica}, one entity at one replica.
 * The packages, from the ground up:
 *
 * <ul>
 *   <li>{@link dev.converge.engine.event}: what replicates.
 *   <li>{@link dev.converge.engine.conflict}: how concurrent events are judged.
 *   <li>{@link dev.converge.engine.fold}: events to state, in one total order.
 *   <li>{@link dev.converge.engine.view}: values to build states from.
 *   <li>{@link dev.converge.engine.causal}: what must wait for what it depends on.
 *   <li>{@link dev.converge.engine.sync}: what a peer lacks, and what to take from it.
 *   <li>{@link dev.converge.engine.replica}: all of it together.
 *   <li>{@link dev.converge.engine.frontier}: what is final, what everybody has, what may go.
 *   <li>{@link dev.converge.engine.testkit}: tests one's own entities.
 * </ul>
 */
@NullMarked
package dev.converge.engine;

import org.jspecify.annotations.NullMarked;
