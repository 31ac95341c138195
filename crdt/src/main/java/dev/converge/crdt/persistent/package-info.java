/**
 * Persistent hash maps and sets: an update gives a new value that shares all but a path of
 * O(log<sub>32</sub> n) nodes with the old one.
 *
 * <p>Two things set them apart from general-purpose libraries: equal contents have equal shapes, so
 * comparing and merging two of them skips every part that they share ({@link
 * dev.converge.crdt.persistent.PersistentMap#forEachDifference}); and there is nothing else in
 * them.
 */
@NullMarked
package dev.converge.crdt.persistent;

import org.jspecify.annotations.NullMarked;
