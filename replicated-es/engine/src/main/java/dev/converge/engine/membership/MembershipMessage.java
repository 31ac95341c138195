package dev.converge.engine.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.util.List;
import java.util.NavigableSet;
import org.jspecify.annotations.Nullable;

/**
 * What members say to each other about the next epoch. Messages may be lost, doubled, late and out
 * of order. {@code epoch} is the one that the sender is in.
 */
public sealed interface MembershipMessage {
  /**
   * "Promise me to take part in nothing earlier, and tell me what you hold": phase 1a.
   *
   * @param retired whose logs to take no more of, and whom to tell nothing any more
   */
  record Prepare(long epoch, Ballot ballot, NavigableSet<ReplicaId> retired)
      implements MembershipMessage {}

  /**
   * "I promise": phase 1b.
   *
   * @param held what the sender has stored
   * @param vote what it had voted for before, if anything
   */
  record Prepared(long epoch, Ballot ballot, VersionVector held, @Nullable Vote vote)
      implements MembershipMessage {}

  /** "Vote for this": phase 2a. */
  record Accept(long epoch, Ballot ballot, EpochChange change) implements MembershipMessage {}

  /** "I did": phase 2b. */
  record Accepted(long epoch, Ballot ballot) implements MembershipMessage {}

  /** "I promised to take part in nothing before {@code promised}." */
  record Overtaken(long epoch, Ballot promised) implements MembershipMessage {}

  /** What was decided, in order and without a gap. */
  record Decided(List<EpochChange> changes) implements MembershipMessage {
    /** Copies the list. */
    public Decided {
      changes = List.copyOf(changes);
    }
  }

  /** "I am in this epoch; tell me what was decided since": also part of each handshake. */
  record InEpoch(long epoch) implements MembershipMessage {}

  /** A vote, durable at the one who gave it. */
  record Vote(Ballot ballot, EpochChange change) {}
}
