/** Tests of the cluster runtime: several nodes in one JVM, over real sockets. */
@NullMarked
package dev.converge.node.cluster;

import org.jspecify.annotations.NullMarked;
