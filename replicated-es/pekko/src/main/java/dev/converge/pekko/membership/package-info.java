/**
 * The set of replicas of a running node: the shell around the engine's machines of the same name.
 * One idea: the machines decide, on one thread; what they decide is stored before anybody is told,
 * and everything that was lost on the way is asked for again.
 *
 * <p>{@link dev.converge.pekko.membership.Replicas} is all that others need; {@link
 * dev.converge.pekko.membership.ReplicasHost} is what it needs of the node around it.
 */
@NullMarked
package dev.converge.pekko.membership;

import org.jspecify.annotations.NullMarked;
