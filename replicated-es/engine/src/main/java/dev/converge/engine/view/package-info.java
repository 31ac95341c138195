/**
 * Values to build fold states from. A resolver cannot undo what is folded, so what may have to be
 * undone later is kept in the state until it cannot any more.
 */
@NullMarked
package dev.converge.engine.view;

import org.jspecify.annotations.NullMarked;
