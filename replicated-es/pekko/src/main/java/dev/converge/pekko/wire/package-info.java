/**
 * What is written into journals and sent between nodes, each form with a version: events as CBOR,
 * messages in the binary primitives of {@code dev.converge.crdt.binary}. Bytes are taken as
 * hostile: they are what they should be, or a {@link dev.converge.pekko.wire.WireException}.
 */
@NullMarked
package dev.converge.pekko.wire;

import org.jspecify.annotations.NullMarked;
