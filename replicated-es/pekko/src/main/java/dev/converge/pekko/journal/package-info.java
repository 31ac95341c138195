/**
 * A replica's own database: its schema, its identity, and its log. Every event of every entity goes
 * through one thread into one table, in commit order and numbered; Pekko's journal plugin is a door
 * to it.
 *
 * <p>The replica id is created together with the database, so that an empty database is a new
 * writer.
 */
@NullMarked
package dev.converge.pekko.journal;

import org.jspecify.annotations.NullMarked;
