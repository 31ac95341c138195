/**
 * For tests of one's own entities. {@link dev.converge.engine.testkit.ReplicatedEntityTestKit} runs
 * commands at named replicas and delivers in any order; {@link
 * dev.converge.engine.testkit.EntityLaws} looks for a history on which a model breaks what the fold
 * relies on. Unlike the rest of the engine this package uses randomness, from a seed, and looks at
 * the clock, to catch a handler that does. It depends on no test framework: what fails is an {@link
 * java.lang.AssertionError}.
 */
@NullMarked
package dev.converge.engine.testkit;

import org.jspecify.annotations.NullMarked;
