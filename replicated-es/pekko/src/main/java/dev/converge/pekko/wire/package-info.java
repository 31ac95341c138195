/**
 * What is written into journals and sent between nodes: CBOR by Jackson, each form with a version,
 * each class named in one table. Nothing else is ever read.
 */
@NullMarked
package dev.converge.pekko.wire;

import org.jspecify.annotations.NullMarked;
