/**
 * A replica's own database: its schema, its identity, and the stock journal plugin's settings on
 * it.
 *
 * <p>The replica id is created together with the database, so that an empty database is a new
 * writer.
 */
@NullMarked
package dev.converge.pekko.journal;

import org.jspecify.annotations.NullMarked;
