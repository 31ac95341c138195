/**
 * A whole set of replicas in one thread, from one seed: real engine parts, a network that loses,
 * doubles, delays, reorders and partitions, and processes that crash with what they had not stored.
 *
 * <p>{@link dev.converge.engine.simulation.Simulation} drives, {@link
 * dev.converge.engine.simulation.SimulatedNode} is the thin shell around an {@code EntityReplica},
 * {@link dev.converge.engine.simulation.SimulatedNetwork} carries, {@link
 * dev.converge.engine.simulation.Invariants} watches after every step.
 */
@NullMarked
package dev.converge.engine.simulation;

import org.jspecify.annotations.NullMarked;
