/** One entity at one replica: the log, the causal buffer and the fold, as one state machine. */
@NullMarked
package dev.converge.engine.replica;

import org.jspecify.annotations.NullMarked;
