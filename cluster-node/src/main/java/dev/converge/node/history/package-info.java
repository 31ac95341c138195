/**
 * An entity's events in a file, to be folded again elsewhere. One idea: the file has the very bytes
 * of the journal, so that what it comes to does not depend on who wrote it down.
 */
@NullMarked
package dev.converge.node.history;

import org.jspecify.annotations.NullMarked;
