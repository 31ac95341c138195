/**
 * Ordered lists and text that replicas edit apart: {@link dev.converge.crdt.sequence.RGA} and
 * {@link dev.converge.crdt.sequence.Text}.
 *
 * <p>The state is a set of elements, each with an id (a dot) and the two neighbours between which
 * it was put, and the set of those that are deleted. The order is a function of that set: FugueMax.
 * So merging is the union, and all that is kept beside the set (the tree by position, the index by
 * id) only makes it fast. {@link dev.converge.crdt.sequence.SequenceParts} is that set, for codecs.
 */
@NullMarked
package dev.converge.crdt.sequence;

import org.jspecify.annotations.NullMarked;
