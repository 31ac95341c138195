/**
 * The peer link: push of new events, anti-entropy by version vectors, and an index that finds the
 * entities in which two replicas differ. It talks to configured peers, whatever the cluster's
 * membership says of them.
 */
@NullMarked
package dev.converge.pekko.peer;

import org.jspecify.annotations.NullMarked;
