package dev.converge.engine.membership;

import dev.converge.crdt.clock.ReplicaId;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;

/**
 * The replicas of one epoch. Immutable and thread-safe.
 *
 * @param epoch 0 for the configured set, then one more with each change
 * @param members who counts, sorted
 */
public record ReplicaSet(long epoch, NavigableSet<ReplicaId> members) {
  /**
   * Copies the members.
   *
   * @throws IllegalArgumentException if there are none, or the epoch is negative
   */
  public ReplicaSet {
    members = Sets.of(members);
    if (members.isEmpty() || epoch < 0) {
      throw new IllegalArgumentException(
          "a set of replicas has members and an epoch from 0: " + members + " in epoch " + epoch);
    }
  }

  /** The configured set that everything starts from. */
  public static ReplicaSet first(Collection<ReplicaId> members) {
    return new ReplicaSet(0, Sets.of(members));
  }

  /** How many are more than half. Any two majorities of one epoch have a member in common. */
  public int majority() {
    return members.size() / 2 + 1;
  }

  /** Whether more than half of the members are among these. */
  public boolean isMajority(Collection<ReplicaId> replicas) {
    return replicas.stream().filter(members::contains).distinct().count() >= majority();
  }

  /** Whether the replica counts in this epoch. */
  public boolean contains(ReplicaId replica) {
    return members.contains(replica);
  }

  /**
   * The next epoch.
   *
   * @throws IllegalArgumentException if the change does not belong to this epoch
   */
  public ReplicaSet after(EpochChange change) {
    if (change.epoch() != epoch + 1) {
      throw new IllegalArgumentException(
          "the change to epoch " + change.epoch() + " does not follow epoch " + epoch);
    }
    NavigableSet<ReplicaId> next = Sets.without(members, change.retired());
    Admission admission = change.admission();
    return new ReplicaSet(
        change.epoch(), admission == null ? next : Sets.with(next, List.of(admission.joiner())));
  }
}
