/** Tests of this package. */
@NullMarked
package dev.converge.crdt.causal;

import org.jspecify.annotations.NullMarked;
