/**
 * The compact binary form of every type: one spelling for each value, safe to read from strangers.
 *
 * <p>Whoever writes or reads a value needs a {@link dev.converge.crdt.binary.CrdtCodec}; whoever
 * writes a codec of their own builds it on {@link dev.converge.crdt.binary.BinaryWriter} and {@link
 * dev.converge.crdt.binary.BinaryReader}. A decoder given anything else than what an encoder wrote
 * throws {@link dev.converge.crdt.binary.DecodingException}, within {@link
 * dev.converge.crdt.binary.DecodingLimits}, and does nothing worse. The format is described in
 * {@code docs/formats.md}.
 */
@NullMarked
package dev.converge.crdt.binary;

import org.jspecify.annotations.NullMarked;
