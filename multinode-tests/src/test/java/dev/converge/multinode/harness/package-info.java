/** The harness, shown on plain actor systems. */
@NullMarked
package dev.converge.multinode.harness;

import org.jspecify.annotations.NullMarked;
