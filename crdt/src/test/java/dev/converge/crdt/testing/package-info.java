/**
 * A small property-testing harness: seeded histories of operations on three replicas, checked
 * against the laws of a join ({@link dev.converge.crdt.testing.Laws}) and against a declarative
 * specification over the visible operations ({@link dev.converge.crdt.testing.Oracle}).
 *
 * <p>A type is described once, by a {@link dev.converge.crdt.testing.Subject}, and joins each suite
 * in a line. A failure is reported with a history made as small as it goes, and with the seed and
 * the options that replay it: {@code -Dconverge.seed=... -Dconverge.cases=1}.
 */
@NullMarked
package dev.converge.crdt.testing;

import org.jspecify.annotations.NullMarked;
