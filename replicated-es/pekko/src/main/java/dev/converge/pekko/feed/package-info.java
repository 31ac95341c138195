/**
 * All final events of a node in one order. One idea: what is final never changes its place, so
 * (time, replica, log number) is a cursor that stays valid for ever, at every node.
 */
@NullMarked
package dev.converge.pekko.feed;

import org.jspecify.annotations.NullMarked;
