/**
 * One entity at one replica: the log, the causal buffer and the fold, as one state machine ({@link
 * dev.converge.engine.replica.EntityReplica}), and its side of the talk with a peer ({@link
 * dev.converge.engine.replica.SyncSession}).
 */
@NullMarked
package dev.converge.engine.replica;

import org.jspecify.annotations.NullMarked;
