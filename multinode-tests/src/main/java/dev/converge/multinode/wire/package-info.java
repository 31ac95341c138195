/** What the test's JVM and a node's JVM say to each other, over the node's standard streams. */
@NullMarked
package dev.converge.multinode.wire;

import org.jspecify.annotations.NullMarked;
