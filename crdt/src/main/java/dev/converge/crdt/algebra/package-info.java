/** The one law that everything replicated here obeys: {@link dev.converge.crdt.algebra.Crdt}. */
@NullMarked
package dev.converge.crdt.algebra;

import org.jspecify.annotations.NullMarked;
