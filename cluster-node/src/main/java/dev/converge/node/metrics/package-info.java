/**
 * What a node tells Prometheus: counters of HTTP requests, kept as they are answered, and
 * everything else read from the node's parts when it is asked. Names by Prometheus' conventions,
 * with units; labels are of sets that are small and known: routes, peers, kinds, never keys or ids.
 */
@NullMarked
package dev.converge.node.metrics;

import org.jspecify.annotations.NullMarked;
