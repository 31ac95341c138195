/**
 * The journal of ordinary Pekko entities as the first history of replicated ones. One idea: each
 * old event becomes an own event of the node that migrates, named after its place in the old
 * journal, so that however often and wherever it is migrated, it counts once.
 *
 * <p>Begin with {@link dev.converge.pekko.migration.Migration}.
 */
@NullMarked
package dev.converge.pekko.migration;

import org.jspecify.annotations.NullMarked;
