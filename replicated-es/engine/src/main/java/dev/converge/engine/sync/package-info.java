/**
 * Anti-entropy by version vectors: what replicas say to each other, the planner of what a peer
 * lacks, in batches it can take in as they come, and the receiving side, for which a batch that
 * comes twice changes nothing and one that is wrong is refused with a reason.
 */
@NullMarked
package dev.converge.engine.sync;

import org.jspecify.annotations.NullMarked;
