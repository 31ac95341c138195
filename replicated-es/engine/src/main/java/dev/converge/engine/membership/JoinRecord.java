package dev.converge.engine.membership;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;

/**
 * The entry in a sponsor's log from which a replica counts. It is later than the sponsor's promise,
 * so nobody has called anything after it final without having it, and the joiner's clock starts at
 * it, so its events are all later. Immutable and thread-safe.
 *
 * @param change the decision that admits the joiner
 * @param time of this entry; later than every promise of the sponsor before it
 * @param holds {origin → LSN}: what the sponsor has. The joiner starts with no less, whoever gives
 *     it the snapshot: others may have let go of that
 */
public record JoinRecord(EpochChange change, HybridTimestamp time, VersionVector holds) {
  /**
   * Checks that somebody joins.
   *
   * @throws IllegalArgumentException if the change admits nobody
   */
  public JoinRecord {
    if (change.admission() == null) {
      throw new IllegalArgumentException("epoch " + change.epoch() + " admits nobody");
    }
  }

  /**
   * The record to write, in the transaction that holds the row of LSN and promise.
   *
   * @param promise the sponsor's newest
   * @param reading of the sponsor's clock, after it observed the promise
   * @param holds what the sponsor has stored
   * @throws IllegalArgumentException if the reading is not later than the promise
   */
  public static JoinRecord write(
      EpochChange change, Promise promise, HybridTimestamp reading, VersionVector holds) {
    if (reading.compareTo(promise.time()) <= 0) {
      throw new IllegalArgumentException(
          "a join record at " + reading + " is not later than the promise " + promise.time());
    }
    return new JoinRecord(change, reading, holds);
  }

  /** Who counts from now on. */
  public ReplicaId joiner() {
    Admission admission = change.admission();
    if (admission == null) {
      throw new AssertionError("checked when it was made");
    }
    return admission.joiner();
  }

  /** The joiner's promise before its first event. */
  public Promise start() {
    return new Promise(0, time);
  }
}
