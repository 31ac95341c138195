/**
 * The store: a map of replicated values, in memory on every node, always writable, the same
 * everywhere in the end.
 *
 * <p>Most users need {@link dev.converge.node.store.DistributedData}, which is the API, and {@link
 * dev.converge.node.store.StoreType}, which lists the types. The idea: keys are spread over a fixed
 * number of buckets, each an {@code ORMap} with one causal context, so a removed key leaves nothing
 * behind. This node's copy of the buckets belongs to the process and outlives the cluster's
 * ActorSystem; Pekko's Replicator and a direct push carry it to the other nodes.
 */
@NullMarked
package dev.converge.node.store;

import org.jspecify.annotations.NullMarked;
