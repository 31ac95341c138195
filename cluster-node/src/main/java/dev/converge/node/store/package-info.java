/**
 * The store: a map of replicated values, in memory on every node, always writable, the same
 * everywhere in the end.
 *
 * <p>Most users need {@link dev.converge.node.store.DistributedData}, which is the API, and {@link
 * dev.converge.node.store.StoreType}, which lists the types. The idea: keys are spread over a fixed
 * number of buckets, each an {@code ORMap} with one causal context, so a removed key leaves nothing
 * behind, and nodes compare and exchange <em>ranges of dots</em> of these contexts, so values of
 * any size and removals travel in small pieces. This node's copy of the buckets belongs to the
 * process and outlives the cluster's ActorSystem; {@code Exchange} decides what is sent, {@code
 * StoreActor} sends it, {@code Saver} keeps it in a database.
 */
@NullMarked
package dev.converge.node.store;

import org.jspecify.annotations.NullMarked;
