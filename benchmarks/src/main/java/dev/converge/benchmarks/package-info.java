/** Benchmarks, each side by side with a peer in the same run. */
@NullMarked
package dev.converge.benchmarks;

import org.jspecify.annotations.NullMarked;
