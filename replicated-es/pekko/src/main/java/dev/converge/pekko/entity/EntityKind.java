package dev.converge.pekko.entity;

import dev.converge.engine.fold.EntityModel;
import dev.converge.pekko.EntityType;
import dev.converge.pekko.ReplicatedEntity;
import dev.converge.pekko.snapshot.CheckpointForm;
import org.jspecify.annotations.Nullable;

/**
 * A type with what follows from the code of its entities: the schema that it knows, the form of its
 * checkpoints. Made for each entity, as only an entity says its version.
 *
 * @param form null if the type stores no checkpoints
 */
record EntityKind<C, E, S>(
    EntityType<C, E, S> type,
    EntityModel<S, E> model,
    Schema<E> schema,
    @Nullable CheckpointForm<S, E> form) {
  static <C, E, S> EntityKind<C, E, S> of(
      EntityType<C, E, S> type, ReplicatedEntity<C, E, S> entity) {
    Schema<E> schema = new Schema<>(type, entity.schemaVersion());
    return new EntityKind<>(
        type,
        entity.model(),
        schema,
        type.states() == null ? null : new CheckpointForm<>(schema, type.states()));
  }
}
