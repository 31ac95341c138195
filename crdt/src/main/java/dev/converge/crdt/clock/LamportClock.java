package dev.converge.crdt.clock;

/**
 * A Lamport clock as a value: a number that grows along causality and knows no wall time.
 *
 * <p>A reading made after {@link #observe} is greater than everything observed, so if one event
 * happened before another, its reading is smaller. The converse does not hold: {@link
 * VersionVector} tells what is concurrent. Two replicas may give one reading; (reading, {@link
 * ReplicaId}) is a total order. Where people should recognise the times, take a {@link
 * HybridLogicalClock}.
 *
 * <pre>{@code
 * LamportClock mine = LamportClock.START.tick();          // 1
 * long sent = mine.time();
 * LamportClock theirs = LamportClock.START.observe(sent).tick();
 * long answered = theirs.time();                          // 2
 * }</pre>
 *
 * <p>Immutable and thread-safe; whoever shares one between threads keeps it in an {@code
 * AtomicReference}. All operations are O(1). See Lamport, <em>Time, Clocks, and the Ordering of
 * Events in a Distributed System</em> (1978).
 *
 * @param time the last reading given or observed; 0 or more
 */
public record LamportClock(long time) implements Comparable<LamportClock> {
  /** A clock that has given and seen nothing. */
  public static final LamportClock START = new LamportClock(0);

  /**
   * Checks the reading.
   *
   * @throws IllegalArgumentException if {@code time} is negative
   */
  public LamportClock {
    requireReading(time);
  }

  private static void requireReading(long time) {
    if (time < 0) {
      throw new IllegalArgumentException("a Lamport time is not negative, not " + time);
    }
  }

  /**
   * The clock after one more reading; the reading is {@link #time}.
   *
   * @throws IllegalStateException if there is none, after 2<sup>63</sup>−1
   */
  public LamportClock tick() {
    if (time == Long.MAX_VALUE) {
      throw new IllegalStateException(
          "no Lamport time is left: some replica has sent a reading that it never counted up to");
    }
    return new LamportClock(time + 1);
  }

  /**
   * The clock after it has seen a remote reading.
   *
   * @throws IllegalArgumentException if {@code remote} is negative
   */
  public LamportClock observe(long remote) {
    requireReading(remote);
    return remote > time ? new LamportClock(remote) : this;
  }

  @Override
  public int compareTo(LamportClock other) {
    return Long.compare(time, other.time);
  }

  /** The last reading. */
  @Override
  public String toString() {
    return Long.toString(time);
  }
}
