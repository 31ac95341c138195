/** examples. */
@NullMarked
package dev.converge.examples;

import org.jspecify.annotations.NullMarked;
