package dev.converge.engine.replica;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.causal.CarelessBuffer;
import dev.converge.engine.fold.EntityModel;
import dev.converge.engine.fold.FoldCheckpoint;
import dev.converge.engine.fold.FoldOptions;
import dev.converge.engine.sync.SyncLimits;

/** Replicas broken on purpose, to see that the simulation notices. */
public final class BrokenReplicas {
  private BrokenReplicas() {}

  /** Delivers events before what they depend on. */
  public static <S, E> EntityReplica<S, E> withoutCausalCheck(
      ReplicaId self, EntityModel<S, E> model, int bufferCapacity, SyncLimits<E> limits) {
    return new EntityReplica<>(
        self,
        model,
        limits,
        FoldOptions.DEFAULT,
        FoldCheckpoint.empty(model),
        known -> new CarelessBuffer<>(bufferCapacity, known));
  }
}
