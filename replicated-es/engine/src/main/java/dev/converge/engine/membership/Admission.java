package dev.converge.engine.membership;

import dev.converge.crdt.clock.ReplicaId;

/**
 * A replica comes in, and who opens the door. The joiner may write once the sponsor's log has a
 * {@link JoinRecord} for it; exactly one replica may write that, so it is named in the decision.
 *
 * @param joiner an incarnation that was never a member
 * @param sponsor a member
 */
public record Admission(ReplicaId joiner, ReplicaId sponsor) {
  /**
   * Checks that they are two.
   *
   * @throws IllegalArgumentException if they are one
   */
  public Admission {
    if (joiner.equals(sponsor)) {
      throw new IllegalArgumentException(joiner + " cannot sponsor itself");
    }
  }
}
