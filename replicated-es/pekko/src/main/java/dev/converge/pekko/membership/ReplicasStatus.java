package dev.converge.pekko.membership;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How it stands with the set of replicas, as one node sees it at one moment.
 *
 * @param self this replica
 * @param epoch -1 while no set is formed
 * @param phase what this replica does: {@code unformed}, {@code joining}, {@code checking}, {@code
 *     fetching}, {@code active}, {@code over}
 * @param refusesWrites why commands are refused; null if they are accepted
 * @param members who counts, sorted by id; empty while no set is formed
 * @param finalTime events at or before it are final
 * @param finalityLagMillis how far the oldest thing that is not final lies back, at most; 0 if all
 *     that is stored here is final
 * @param heldBackBy whose promise, or log, finality waits for
 * @param fenced whose logs are closed, as somebody wants to retire them
 * @param open what is wanted of the set, and not decided yet
 * @param notes what people should know: what a formation or a join waits for, a refusal, two sets
 */
public record ReplicasStatus(
    ReplicaId self,
    long epoch,
    String phase,
    @Nullable String refusesWrites,
    List<Member> members,
    HybridTimestamp finalTime,
    long finalityLagMillis,
    List<ReplicaId> heldBackBy,
    List<ReplicaId> fenced,
    List<String> open,
    List<String> notes) {
  /** Copies the lists. */
  public ReplicasStatus {
    members = List.copyOf(members);
    heldBackBy = List.copyOf(heldBackBy);
    fenced = List.copyOf(fenced);
    open = List.copyOf(open);
    notes = List.copyOf(notes);
  }

  /**
   * One member.
   *
   * @param reachable whether something was heard of it lately; true for this one
   * @param lagRows for each log, by its origin, how many of the rows that are known to exist this
   *     member has not confirmed; without those of which it has all
   * @param promiseAgeMillis how long ago it gave its newest promise that is known here, by the
   *     clocks; -1 if none is known
   */
  public record Member(
      ReplicaId replica, boolean reachable, Map<ReplicaId, Long> lagRows, long promiseAgeMillis) {
    /** Copies the map. */
    public Member {
      lagRows = Map.copyOf(lagRows);
    }
  }
}
