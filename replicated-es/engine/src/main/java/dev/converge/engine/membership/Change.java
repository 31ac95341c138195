package dev.converge.engine.membership;

import dev.converge.crdt.clock.ReplicaId;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants to be changed in the set of replicas. Immutable and thread-safe.
 *
 * @param admission who should come in, if somebody
 * @param retired who should leave
 * @param force whether those who are left decide even if they are no majority. <strong>Unsafe:
 *     </strong> if those who are left out decide something else meanwhile, there are two sets that
 *     go on apart, and what was final on one side need not be on the other
 */
public record Change(
    @Nullable Admission admission, NavigableSet<ReplicaId> retired, boolean force) {
  /** Copies the retired. */
  public Change {
    retired = Sets.of(retired);
  }

  /** A replica comes in. */
  public static Change admit(ReplicaId joiner, ReplicaId sponsor) {
    return new Change(new Admission(joiner, sponsor), Sets.NONE, false);
  }

  /**
   * A replica comes in instead of another: the same machine with a new database, after its disk was
   * lost or restored, or after it was retired by mistake.
   */
  public static Change replace(ReplicaId old, ReplicaId joiner, ReplicaId sponsor) {
    return new Change(new Admission(joiner, sponsor), Sets.of(List.of(old)), false);
  }

  /** Replicas leave for good. Name all that cannot be reached: those who are left must agree. */
  public static Change retire(Collection<ReplicaId> replicas) {
    return new Change(null, Sets.of(replicas), false);
  }

  /**
   * Nobody comes or goes: takes back a proposal that could not be decided. A new epoch begins all
   * the same, so whatever was agreed to for the old one is over.
   */
  public static Change nothing() {
    return new Change(null, Sets.NONE, false);
  }

  /**
   * The same, decided by those who are left though they are no majority. Unsafe: {@link #force}.
   */
  public Change forced() {
    return new Change(admission, retired, true);
  }
}
