/**
 * For tests of one's own entities: {@link dev.converge.engine.testkit.EntityLaws} looks for a
 * history on which a model breaks what the fold relies on. Unlike the rest of the engine it uses
 * randomness, from a seed, and looks at the clock, to catch a handler that does.
 */
@NullMarked
package dev.converge.engine.testkit;

import org.jspecify.annotations.NullMarked;
