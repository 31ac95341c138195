package dev.converge.crdt.clock;

/**
 * A reading of a hybrid logical clock: wall-clock milliseconds and a counter that orders readings
 * within one.
 *
 * <p>Immutable and thread-safe. Ordered by milliseconds, then counter. See Kulkarni et al.,
 * <em>Logical Physical Clocks and Consistent Snapshots in Globally Distributed Databases</em>
 * (2014).
 *
 * <pre>{@code
 * HybridTimestamp time = new HybridTimestamp(1_000, 3);
 * HybridTimestamp same = HybridTimestamp.ofPacked(time.packed());
 * }</pre>
 *
 * @param millis milliseconds since the epoch, 0 to 2<sup>47</sup>−1 (the year 6429)
 * @param counter 0 to 65,535
 */
public record HybridTimestamp(long millis, int counter) implements Comparable<HybridTimestamp> {
  /** The largest {@code counter}. */
  public static final int MAX_COUNTER = 0xFFFF;

  /** The largest {@code millis}. */
  public static final long MAX_MILLIS = (1L << 47) - 1;

  /** Before everything. */
  public static final HybridTimestamp ZERO = new HybridTimestamp(0, 0);

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if a part is out of range
   */
  public HybridTimestamp {
    if (millis < 0 || millis > MAX_MILLIS) {
      throw new IllegalArgumentException("milliseconds out of range: " + millis);
    }
    if (counter < 0 || counter > MAX_COUNTER) {
      throw new IllegalArgumentException("counter out of range: " + counter);
    }
  }

  /**
   * The reading that comes right after this one.
   *
   * @throws IllegalStateException if this is the last one there is
   */
  public HybridTimestamp next() {
    if (millis == MAX_MILLIS && counter == MAX_COUNTER) {
      throw new IllegalStateException(
          "no hybrid time is left after " + this + ": some clock is set thousands of years ahead");
    }
    return counter == MAX_COUNTER
        ? new HybridTimestamp(millis + 1, 0)
        : new HybridTimestamp(millis, counter + 1);
  }

  /** Both parts in one long whose order is the order of the readings. */
  public long packed() {
    return millis << 16 | counter;
  }

  /**
   * Reads what {@link #packed} gave.
   *
   * @throws IllegalArgumentException if {@code packed} is negative
   */
  public static HybridTimestamp ofPacked(long packed) {
    if (packed < 0) {
      throw new IllegalArgumentException("not a packed hybrid timestamp: " + packed);
    }
    return new HybridTimestamp(packed >>> 16, (int) (packed & MAX_COUNTER));
  }

  @Override
  public int compareTo(HybridTimestamp other) {
    return Long.compare(packed(), other.packed());
  }

  /** The later of the two. */
  public HybridTimestamp max(HybridTimestamp other) {
    return compareTo(other) >= 0 ? this : other;
  }

  /** {@code millis.counter}. */
  @Override
  public String toString() {
    return millis + "." + counter;
  }
}
