/**
 * Anti-entropy by version vectors: what a peer lacks, in batches it can take in as they come, and
 * the receiving side, for which a batch that comes twice changes nothing.
 */
@NullMarked
package dev.converge.engine.sync;

import org.jspecify.annotations.NullMarked;
