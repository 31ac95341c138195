/**
 * An exhaustive walk: three replicas, a few events, and every interleaving of what can happen. The
 * promises, frontiers, membership and lives are the real ones; the journal and the network are
 * modelled, as small as they can be.
 */
@NullMarked
package dev.converge.engine.walk;

import org.jspecify.annotations.NullMarked;
