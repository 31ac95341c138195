package dev.converge.node.replicas;

import dev.converge.crdt.clock.ReplicaId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The replicas as one node sees them now.
 *
 * @param self the node's own replica
 * @param epoch the number of the present set; -1 while none is formed
 * @param phase what this replica does, in a word or two: {@code active}, {@code joining}
 * @param writesRefused why commands are not accepted now and what will change it; empty if they are
 * @param members the present set, sorted
 * @param finalityLag how old the oldest event must be to be final, by this node's clock; empty if
 *     nothing is final yet
 * @param heldBackBy the members that finality waits for, with why; empty if it is not held back
 * @param proposal the change of the set that is being decided
 * @param notes what an operator should know besides: logs that contradict, clocks that are off
 */
public record ReplicasView(
    ReplicaId self,
    long epoch,
    String phase,
    Optional<String> writesRefused,
    List<Member> members,
    Optional<Duration> finalityLag,
    List<HeldBack> heldBackBy,
    Optional<Proposal> proposal,
    List<String> notes) {
  /** Copies the lists. */
  public ReplicasView {
    members = List.copyOf(members);
    heldBackBy = List.copyOf(heldBackBy);
    notes = List.copyOf(notes);
  }

  /**
   * A member of the present set.
   *
   * @param replica who
   * @param reachable whether something was heard of it lately
   * @param lag how many rows are stored here that it has not confirmed yet
   * @param behind how many rows it is known to have that are not here yet
   * @param clockSkew how far its clock is ahead of this one's, negative if behind; empty if unknown
   */
  public record Member(
      ReplicaId replica, boolean reachable, long lag, long behind, Optional<Duration> clockSkew) {}

  /**
   * What finality waits for.
   *
   * @param replica which member
   * @param why in words
   */
  public record HeldBack(ReplicaId replica, String why) {}

  /**
   * A change that is being decided.
   *
   * @param retired who is to leave
   * @param joiner who is to come
   * @param force whether it does without a majority
   */
  public record Proposal(List<ReplicaId> retired, Optional<ReplicaId> joiner, boolean force) {
    /** Copies the list. */
    public Proposal {
      retired = List.copyOf(retired);
    }
  }
}
