package dev.converge.pekko.peer;

import dev.converge.crdt.clock.ReplicaId;

/**
 * Something between two nodes that does not mend itself.
 *
 * @param kind what it is
 * @param peer with whom, by configured name
 * @param origin whose log it is about
 * @param lsn which row of it; 0 if none in particular
 * @param detail the evidence, and what to do
 */
public record LinkReport(Kind kind, String peer, ReplicaId origin, long lsn, String detail) {
  /** What may be wrong. */
  public enum Kind {
    /** Two rows at one place of one log say different things. Neither is merged into the other. */
    CONTRADICTION,
    /** A row does not match its own hash. It is not stored, and asked of another peer. */
    DAMAGED,
    /** The peer needs rows that were compacted away here. */
    COMPACTED,
    /** The peer speaks no version of the protocol that this node speaks. */
    INCOMPATIBLE
  }
}
