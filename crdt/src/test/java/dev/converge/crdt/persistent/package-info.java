/** Tests of this package. */
@NullMarked
package dev.converge.crdt.persistent;

import org.jspecify.annotations.NullMarked;
