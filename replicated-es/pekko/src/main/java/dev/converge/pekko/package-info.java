/**
 * Replicated entities: event-sourced actors that every node may write for the same id.
 *
 * <p>Most users extend {@link dev.converge.pekko.ReplicatedEntity}, name it with an {@link
 * dev.converge.pekko.EntityType}, and talk to it through an {@link dev.converge.pekko.EntityRef}
 * from {@link dev.converge.pekko.Entities}.
 */
@NullMarked
package dev.converge.pekko;

import org.jspecify.annotations.NullMarked;
