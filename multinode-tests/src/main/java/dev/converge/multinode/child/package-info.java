/**
 * A child JVM: a node, or the conductor. It does what its parent says on its standard input, and
 * halts at the end of that, so it outlives no parent.
 */
@NullMarked
package dev.converge.multinode.child;

import org.jspecify.annotations.NullMarked;
