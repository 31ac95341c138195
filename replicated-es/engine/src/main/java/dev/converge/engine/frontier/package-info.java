/**
 * How far all replicas are known to be, and what follows from it: what is final (no event to come
 * can be ordered before it), what is causally stable (every replica has it), what may leave memory
 * and what the journal may drop. Pure state machines for one node, over whole replicas: positions
 * are log sequence numbers, LSNs, so idle entities cost nothing.
 */
@NullMarked
package dev.converge.engine.frontier;

import org.jspecify.annotations.NullMarked;
