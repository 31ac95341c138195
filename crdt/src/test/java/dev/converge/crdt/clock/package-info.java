/** Tests of this package. */
@NullMarked
package dev.converge.crdt.clock;

import org.jspecify.annotations.NullMarked;
