/**
 * The feed of final events as tables of SQL: a projection that may be killed at any moment and
 * neither misses an event nor takes one twice, because its place in the feed is a row of the same
 * database and moves in the same transaction.
 */
@NullMarked
package dev.converge.examples.readmodel;

import org.jspecify.annotations.NullMarked;
