/**
 * What a node's parts say to each other about replication between nodes. One idea: all of it is
 * decided on one thread, by state machines; the parts are the link (package {@code peer}), the set
 * of replicas (package {@code membership}) and the journal.
 */
@NullMarked
package dev.converge.pekko.replication;

import org.jspecify.annotations.NullMarked;
