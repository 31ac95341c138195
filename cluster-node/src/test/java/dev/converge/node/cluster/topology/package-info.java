/** Tests of the topology machine: row by row, and in a simulated network. */
@NullMarked
package dev.converge.node.cluster.topology;

import org.jspecify.annotations.NullMarked;
