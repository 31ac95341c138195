package dev.converge.crdt.clock;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The unique name of one write: the replica that made it and its sequence number there, from 1.
 *
 * <p>Immutable and thread-safe. Ordered by replica, then sequence number. See Almeida et al.,
 * <em>Scalable and Accurate Causality Tracking for Eventually Consistent Stores</em> (DAIS 2014).
 *
 * <pre>{@code
 * Dot dot = Dot.of(phone, 7);
 * Dot same = Dot.parse("phone:7");
 * }</pre>
 *
 * @param replica the writer
 * @param sequence the writer's count of writes, from 1
 */
public record Dot(ReplicaId replica, long sequence) implements Comparable<Dot> {
  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if the sequence number is below 1
   */
  public Dot {
    Objects.requireNonNull(replica, "replica");
    if (sequence < 1) {
      throw new IllegalArgumentException("a dot's sequence number starts at 1, not " + sequence);
    }
  }

  /** The dot {@code (replica, sequence)}. */
  public static Dot of(ReplicaId replica, long sequence) {
    return new Dot(replica, sequence);
  }

  /** Same replica and sequence number. */
  @Override
  public boolean equals(@Nullable Object o) {
    return this == o
        || (o instanceof Dot other && sequence == other.sequence && replica.equals(other.replica));
  }

  @Override
  public int hashCode() {
    return 31 * replica.hashCode() + Long.hashCode(sequence);
  }

  @Override
  public int compareTo(Dot other) {
    int byReplica = replica.compareTo(other.replica);
    return byReplica != 0 ? byReplica : Long.compare(sequence, other.sequence);
  }

  /** {@code node-1:7}. */
  @Override
  public String toString() {
    return replica + ":" + sequence;
  }

  /**
   * Reads what {@link #toString} wrote, and nothing else: equal dots have one spelling.
   *
   * @throws IllegalArgumentException if the text is not a dot
   */
  public static Dot parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("not a dot: '" + text + "'");
    }
    try {
      Dot dot =
          new Dot(
              ReplicaId.parse(text.substring(0, colon)), Long.parseLong(text.substring(colon + 1)));
      if (!dot.toString().equals(text)) {
        throw new IllegalArgumentException(
            "not a dot: '" + text + "'; it is written '" + dot + "'");
      }
      return dot;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not a dot: '" + text + "'", e);
    }
  }
}
