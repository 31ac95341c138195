package dev.converge.pekko.wire;

import dev.converge.crdt.clock.ReplicaId;

/**
 * A message between nodes on its way, with who says it.
 *
 * @param from the sender; its name is the configured one
 * @param session a number of the sender's present life, never 0: it changes with each start
 * @param message the message
 */
public record PeerEnvelope(ReplicaId from, long session, PeerMessage message) {
  /** The lowest version of the protocol that this node speaks. */
  public static final int MIN_VERSION = 1;

  /** The highest version of the protocol that this node speaks. */
  public static final int MAX_VERSION = 1;
}
