/**
 * What a first part of an entity's events comes to, stored: so that an entity starts without
 * reading its whole journal, and the journal need not be kept for ever. One idea: a checkpoint is a
 * cache of the journal; one that cannot be used is passed over.
 */
@NullMarked
package dev.converge.pekko.snapshot;

import org.jspecify.annotations.NullMarked;
