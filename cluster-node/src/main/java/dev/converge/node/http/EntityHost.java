package dev.converge.node.http;

import dev.converge.pekko.Entities;
import dev.converge.pekko.EntityKey;
import dev.converge.pekko.EntityRef;
import dev.converge.pekko.EntityType;
import dev.converge.pekko.Erasure;
import dev.converge.pekko.RepairReport;
import dev.converge.pekko.ReplicaNames;
import dev.converge.pekko.RunOptions;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** What the routes need of a node's entities: in a node, {@link Entities}. */
interface EntityHost {
  <C, E, S> EntityRef<C, E, S> get(EntityType<C, E, S> type, String id);

  /** Blocks on the database. */
  List<String> ids(EntityType<?, ?, ?> type, String prefix, String after, int limit);

  ReplicaNames names();

  /** Those in which a conflict waits for a person, sorted. */
  List<EntityKey> conflicted();

  CompletionStage<RepairReport> repair(EntityType<?, ?, ?> type, String id);

  CompletionStage<Erasure> erase(
      EntityType<?, ?, ?> type, String id, String reason, RunOptions options);

  /** From memory. */
  boolean isErased(EntityType<?, ?, ?> type, String id);

  static EntityHost of(Entities entities) {
    return new EntityHost() {
      @Override
      public <C, E, S> EntityRef<C, E, S> get(EntityType<C, E, S> type, String id) {
        return entities.get(type, id);
      }

      @Override
      public List<String> ids(EntityType<?, ?, ?> type, String prefix, String after, int limit) {
        return entities.ids(type, prefix, after, limit);
      }

      @Override
      public ReplicaNames names() {
        return entities.names();
      }

      @Override
      public List<EntityKey> conflicted() {
        return entities.conflicted();
      }

      @Override
      public CompletionStage<RepairReport> repair(EntityType<?, ?, ?> type, String id) {
        return entities.repair(type, id);
      }

      @Override
      public CompletionStage<Erasure> erase(
          EntityType<?, ?, ?> type, String id, String reason, RunOptions options) {
        return entities.erase(type, id, reason, options);
      }

      @Override
      public boolean isErased(EntityType<?, ?, ?> type, String id) {
        return entities.isErased(type, id);
      }
    };
  }
}
