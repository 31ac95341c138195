/**
 * Whole clusters in one thread, made from one seed: 3 to 7 replicas (and machines that join later),
 * each a real stack of the engine's parts. Simulated are only what is around them: journals that
 * are slow and lose what is not committed, clocks that are wrong, a network that loses, doubles,
 * delays and splits, clients, operators, and all that can happen to machines. The same seed gives
 * the same history, step by step.
 *
 * <p>Where to look: {@code Settings} and {@code Schedule} say what a seed stands for; {@code
 * Faults} carries it out; {@code Shell} is a process, with {@code Inbox} (on the way into the
 * journal), {@code Gossip} (on the way to others), {@code Epochs} (membership, promises, finality),
 * {@code Entities} and {@code CarryBack}; {@code Node} is a machine with its {@code Disk} and
 * {@code Journal}. {@code Invariants} look on at every step, by their own {@code Books}; {@code
 * Healing} says whether all is well in the end, and compares it with the naive fold.
 *
 * <p>To add a fault: a kind in {@code Action}, how often in {@code Schedule}, what it does in
 * {@code Faults}, a counter in {@code Coverage} so that it cannot silently stop happening. To add
 * an invariant: a method in {@code Invariants}, called from where it could be broken; and a {@link
 * dev.converge.engine.simulation.Mutation} that breaks it, caught in {@code MutationTest}.
 */
@NullMarked
package dev.converge.engine.simulation;

import org.jspecify.annotations.NullMarked;
