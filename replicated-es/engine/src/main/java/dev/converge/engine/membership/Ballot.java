package dev.converge.engine.membership;

import dev.converge.crdt.clock.ReplicaId;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * The name of one attempt to decide the next epoch: the ballot number of Lamport's <em>The
 * Part-Time Parliament</em> (1998). A later one overtakes an earlier one.
 *
 * @param round from 1; 0 before any
 * @param coordinator who made the attempt; null before any
 */
public record Ballot(long round, @Nullable ReplicaId coordinator) implements Comparable<Ballot> {
  /** Before any. */
  public static final Ballot NONE = new Ballot(0, null);

  private static final Comparator<Ballot> ORDER =
      Comparator.comparingLong(Ballot::round)
          .thenComparing(Ballot::coordinator, Comparator.nullsFirst(Comparator.naturalOrder()));

  Ballot next(ReplicaId by) {
    return new Ballot(Math.addExact(round, 1), by);
  }

  @Override
  public int compareTo(Ballot other) {
    return ORDER.compare(this, other);
  }
}
