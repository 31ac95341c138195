package dev.converge.pekko;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.VersionVector;
import java.util.List;

/**
 * An entity as one replica sees it.
 *
 * @param id the entity's id
 * @param state the state
 * @param version the events that are in it
 * @param isFinal whether all of them are final: only events to come can change the state, and none
 *     of those is ordered before these
 * @param token what somebody who sees this has seen
 * @param written after a command: the events that it wrote, in their order; of a request that had
 *     counted before, the event that counts; otherwise none
 * @param parked how many events this node holds and cannot read, as they are of a newer schema than
 *     it knows, or follow such; they are not in the state, and nothing after them becomes final
 *     until the node is upgraded
 * @param <S> states
 */
public record EntityAnswer<S>(
    String id,
    S state,
    VersionVector version,
    boolean isFinal,
    SessionToken token,
    List<Dot> written,
    long parked) {
  /** Copies the list. */
  public EntityAnswer {
    written = List.copyOf(written);
  }
}
