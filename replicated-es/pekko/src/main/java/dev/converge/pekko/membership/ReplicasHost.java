package dev.converge.pekko.membership;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.OriginId;
import dev.converge.pekko.wire.EventRecord;
import java.util.concurrent.CompletionStage;

/**
 * What the set of replicas needs of the node around it. Called on the thread of the loop; nothing
 * may block.
 */
public interface ReplicasHost {
  /**
   * This incarnation is over, and {@link Replicas} does nothing more. Ends what runs on the
   * database, moves it to the attic, makes an empty one with a new incarnation, and starts again
   * with the moved one among the attics. After a crash on the way it is called again.
   */
  void comeBack();

  /** All that is stored here was replaced by a member's: entities read it anew. */
  void imported();

  /** All that this former incarnation had to give is with the others; its attic may be deleted. */
  void atticDone(ReplicaId former);

  /** The dots of an entity that are stored here. */
  CompletionStage<VersionVector> dots(String key);

  /**
   * Writes an event of a former incarnation as an own one, unless one with that origin id is there.
   * Its payload and schema version are those of {@code former}; its time is new.
   *
   * @param seen the context to give it
   * @return the dot that it has now; fails if it could not be stored, and is tried again then
   */
  CompletionStage<Dot> bring(String key, EventRecord former, OriginId origin, CausalContext seen);
}
