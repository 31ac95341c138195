/**
 * How a node finds its cluster, as a pure state machine: which peers to join, when to found a
 * cluster of its own, and when to give it up for another one. Nothing here reads a clock, makes an
 * id or opens a socket; {@link dev.converge.node.cluster.topology.Topology#step} says it all.
 */
@NullMarked
package dev.converge.node.cluster.topology;

import org.jspecify.annotations.NullMarked;
