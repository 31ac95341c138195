/** Scenarios on real JVMs. */
@NullMarked
package dev.converge.multinode;

import org.jspecify.annotations.NullMarked;
