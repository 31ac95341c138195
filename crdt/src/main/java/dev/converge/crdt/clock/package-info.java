/**
 * Who wrote, what has been seen, and when: replica ids, dots, version vectors, causal contexts and
 * hybrid time.
 *
 * <p>Everything is immutable and takes time as an argument; nothing here reads a clock.
 */
@NullMarked
package dev.converge.crdt.clock;

import org.jspecify.annotations.NullMarked;
