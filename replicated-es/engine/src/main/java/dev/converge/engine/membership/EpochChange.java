package dev.converge.engine.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.util.NavigableSet;
import org.jspecify.annotations.Nullable;

/**
 * How one epoch came from the one before. Immutable and thread-safe.
 *
 * @param epoch the one that it begins
 * @param admission who comes in, if somebody does
 * @param retired who leaves, for ever
 * @param base {origin → LSN}: all that those who agreed to it had stored. Everybody has to have it
 *     before taking part in the next decision. For a retired replica it is the <em>cut-off</em>:
 *     its log ends there
 */
public record EpochChange(
    long epoch,
    @Nullable Admission admission,
    NavigableSet<ReplicaId> retired,
    VersionVector base) {
  /**
   * Copies the retired.
   *
   * @throws IllegalArgumentException if the epoch is below 1
   */
  public EpochChange {
    retired = Sets.of(retired);
    if (epoch < 1) {
      throw new IllegalArgumentException("a change begins an epoch from 1, not " + epoch);
    }
  }

  /**
   * Where the log of a retired replica ends.
   *
   * @throws IllegalArgumentException if this change does not retire it
   */
  public long cutOff(ReplicaId replica) {
    if (!retired.contains(replica)) {
      throw new IllegalArgumentException("epoch " + epoch + " does not retire " + replica);
    }
    return base.get(replica);
  }
}
