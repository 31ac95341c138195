package dev.converge.engine.replica;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.VersionVector;

/**
 * How far all replicas are known to be, for one entity. A node knows the same of whole replicas, in
 * positions of their logs: {@code FinalFrontier} and {@code StableFrontier}. For an entity these
 * become dots: of each origin, the last of the entity's events at or below the position.
 *
 * @param finalTime events at or before it are final: no event to come is ordered before them
 * @param stable the events that every replica has
 * @param floor the events that every event to come counts as seen, at whichever replica it is made
 */
public record EntityFrontier(HybridTimestamp finalTime, VersionVector stable, VersionVector floor) {
  /** Without a floor: events to come may be ignorant of anything. */
  public EntityFrontier(HybridTimestamp finalTime, VersionVector stable) {
    this(finalTime, stable, VersionVector.empty());
  }
}
