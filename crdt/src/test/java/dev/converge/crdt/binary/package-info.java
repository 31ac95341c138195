/** Tests of the binary format: what goes in comes out, and what should not go in does not. */
@NullMarked
package dev.converge.crdt.binary;

import org.jspecify.annotations.NullMarked;
