package dev.converge.node.replicas;

import dev.converge.crdt.clock.ReplicaId;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** What an operator sees of the replicas, and does with them. Thread-safe; nothing blocks. */
public interface ReplicaOperations {
  /** How things are now. From memory. */
  ReplicasView view();

  /**
   * Takes replicas out of the set for good. What they had acknowledged and nobody else has comes
   * back with a new incarnation of them, if they come back.
   *
   * @param replicas members, this one not among them
   * @param force without the consent of a majority: of all that stay only. Unsafe if those who
   *     leave live: they may decide the same of us
   * @return completed once it is decided and holds here; fails with an {@link
   *     OperationRefusedException} if it cannot be, with a {@link
   *     java.util.concurrent.TimeoutException} if too few have answered. It may be decided later in
   *     that case; asking again is safe
   */
  CompletionStage<ReplicasView> retire(Set<ReplicaId> replicas, boolean force);

  /**
   * Says that this node's data was put back from an old backup: the present incarnation ends, and
   * the node goes on as a new one that gets everything from the others.
   *
   * @return completed once that has begun; fails with an {@link OperationRefusedException} if it
   *     cannot be
   */
  CompletionStage<Void> restore();
}
