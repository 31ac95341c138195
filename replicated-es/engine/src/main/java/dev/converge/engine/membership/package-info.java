/**
 * Which replicas count, and what becomes of those that no longer do. One idea: the set of replicas
 * has epochs, each made from the one before by one decision of a majority, and a decision names how
 * much of every log goes with it ({@link dev.converge.engine.membership.EpochChange#base}). So
 * whatever was final stays in the log of everybody who is left.
 *
 * <p>State machines for one node, of the form {@code step(state, input) → (state, effects)}:
 *
 * <ul>
 *   <li>{@link dev.converge.engine.membership.Membership}: agreement on the next epoch.
 *   <li>{@link dev.converge.engine.membership.ReplicaLife}: may this replica accept writes?
 *   <li>{@link dev.converge.engine.membership.MemberFrontiers}: what is final and stable, counting
 *       the members of the moment.
 *   <li>{@link dev.converge.engine.membership.CarryOver}: what a retired replica had acknowledged
 *       and nobody else has, under its new name.
 * </ul>
 */
@NullMarked
package dev.converge.engine.membership;

import org.jspecify.annotations.NullMarked;
