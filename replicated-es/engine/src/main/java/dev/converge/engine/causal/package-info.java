/**
 * Causal delivery: an event is taken in only after all events that it depends on; until then it
 * waits, in a room with a bound.
 */
@NullMarked
package dev.converge.engine.causal;

import org.jspecify.annotations.NullMarked;
