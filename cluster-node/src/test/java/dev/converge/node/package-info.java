/** Whole nodes, several in one JVM. */
@NullMarked
package dev.converge.node;

import org.jspecify.annotations.NullMarked;
