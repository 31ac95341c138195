package dev.converge.pekko.migration;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Takes migrated events as own events of a replicated entity.
 *
 * @param <E> the entity's events
 */
public interface MigrationTarget<E> {
  /**
   * Appends events to an entity: in the given order, each depending on all before it, those whose
   * name has not counted here already, all of them or none; with the {@linkplain MigratedEvent#time
   * times} that are still to be had. Completes when they are committed.
   *
   * @param id the entity
   * @param events at least one
   * @return how many were new; fails if they could not be stored, or if that is not known. To be
   *     called again with the same events then
   */
  CompletionStage<Integer> append(String id, List<MigratedEvent<E>> events);
}
