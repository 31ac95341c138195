/**
 * One entity at one replica: the log, the causal buffer and the fold, as one state machine ({@link
 * dev.converge.engine.replica.EntityReplica}), and its side of the talk with a peer ({@link
 * dev.converge.engine.replica.SyncSession}). Within the machine, one part mints own events, one
 * admits those that were minted elsewhere or before, and one keeps what is held and has left
 * memory.
 */
@NullMarked
package dev.converge.engine.replica;

import org.jspecify.annotations.NullMarked;
