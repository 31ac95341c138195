/**
 * The node's place in the cluster. A node outlives its cluster system: {@link
 * dev.converge.node.cluster.ClusterRuntime} owns the ActorSystem that Pekko Cluster and Distributed
 * Data run in, and replaces it where two clusters have to become one. Most code needs {@code
 * ClusterRuntime} and {@link dev.converge.node.cluster.ClusterListener} only; what is decided, and
 * why, is in {@link dev.converge.node.cluster.topology}.
 */
@NullMarked
package dev.converge.node.cluster;

import org.jspecify.annotations.NullMarked;
