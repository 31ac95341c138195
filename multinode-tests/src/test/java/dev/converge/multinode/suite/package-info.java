/**
 * Convergence of Converge's own nodes, the production stack, over HTTP. Each scenario is named for
 * what it promises.
 */
@NullMarked
package dev.converge.multinode.suite;

import org.jspecify.annotations.NullMarked;
