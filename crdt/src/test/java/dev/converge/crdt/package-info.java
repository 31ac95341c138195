/** Tests of the types. */
@NullMarked
package dev.converge.crdt;

import org.jspecify.annotations.NullMarked;
