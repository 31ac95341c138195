/** benchmarks. */
@NullMarked
package dev.converge.benchmarks;

import org.jspecify.annotations.NullMarked;
