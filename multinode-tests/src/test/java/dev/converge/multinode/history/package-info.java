/**
 * What clients did to a cluster and what they were told, as a history, and a checker of it. Pure
 * but for the file; knows nothing of how the history came about.
 */
@NullMarked
package dev.converge.multinode.history;

import org.jspecify.annotations.NullMarked;
