/**
 * From a set of events to a state: all replicas fold the same set in the same total order, so they
 * agree for any event handler, also one that does not commute.
 *
 * <p>{@link dev.converge.engine.fold.NaiveFold} is the specification; {@link
 * dev.converge.engine.fold.IndexedFold} gives the same answers, does not start from the beginning
 * each time, and lets go of events that cannot matter any more, but for a {@link
 * dev.converge.engine.fold.FoldCheckpoint}.
 */
@NullMarked
package dev.converge.engine.fold;

import org.jspecify.annotations.NullMarked;
