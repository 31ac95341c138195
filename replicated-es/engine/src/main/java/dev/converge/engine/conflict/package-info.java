/**
 * How concurrent events that touch the same thing are judged: one at a time, in the order of the
 * fold, by a pure function that sees the state so far and the rivals, and gives a reason that a
 * person understands.
 */
@NullMarked
package dev.converge.engine.conflict;

import org.jspecify.annotations.NullMarked;
