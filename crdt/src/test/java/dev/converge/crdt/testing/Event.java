package dev.converge.crdt.testing;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;

/**
 * One operation of a history.
 *
 * @param id its number in the history
 * @param origin the index of the replica that made it
 * @param time its time; no replica has two events of one time, and times do not follow causality
 * @param operation what is done
 * @param <O> the operations of the type
 */
public record Event<O>(int id, int origin, HybridTimestamp time, O operation) {
  /** Who made it. */
  public ReplicaId replica() {
    return History.REPLICAS.get(origin);
  }
}
