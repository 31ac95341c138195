/**
 * An entity type of your own, on the Java API: a counter that can also be reset, which does not
 * commute, at three nodes of one JVM.
 */
@NullMarked
package dev.converge.examples.replicatedcounter;

import org.jspecify.annotations.NullMarked;
