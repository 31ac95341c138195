package dev.converge.crdt;

import dev.converge.crdt.algebra.Crdt;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A register in which the last write wins: last by (hybrid time, replica id), one total order.
 *
 * <p>One order for all is what makes it a join. "By vector clock, and by wall clock only if
 * concurrent" is not associative, and replicas that use it part. Concurrent writes that lose are
 * gone; where they must not be, this is the wrong type.
 *
 * <pre>{@code
 * HybridLogicalClock clock = HybridLogicalClock.START.tick(nowMillis);
 * LWWRegister<String> title = LWWRegister.empty();
 * title = title.merge(title.set(phone, clock.last(), "Draft"));
 *
 * clock = clock.observe(title.time().orElseThrow()).tick(nowMillis);
 * title = title.merge(title.set(laptop, clock.last(), "Final"));
 * String shown = title.value().orElse("(untitled)");      // Final
 * }</pre>
 *
 * <p>Immutable and thread-safe. Mutators return deltas (see {@link Crdt}). O(1). See Shapiro et
 * al., <em>A Comprehensive Study of Convergent and Commutative Replicated Data Types</em> (2011),
 * specification 8; Kulkarni et al. (2014) for the time.
 *
 * @param <T> the value: immutable, with {@code equals} by meaning
 */
public final class LWWRegister<T> implements Crdt<LWWRegister<T>> {
  private static final LWWRegister<?> EMPTY = new LWWRegister<>(null);

  private record Write<T>(HybridTimestamp time, ReplicaId writer, T value) {
    int compareOrder(Write<T> other) {
      int byTime = time.compareTo(other.time);
      return byTime != 0 ? byTime : writer.compareTo(other.writer);
    }
  }

  private final @Nullable Write<T> write;

  private LWWRegister(@Nullable Write<T> write) {
    this.write = write;
  }

  /** The register that nobody has written. */
  @SuppressWarnings("unchecked") // It holds no value.
  public static <T> LWWRegister<T> empty() {
    return (LWWRegister<T>) EMPTY;
  }

  /** A register from its parts: the write that {@code writer} made at {@code time}. */
  public static <T> LWWRegister<T> of(ReplicaId writer, HybridTimestamp time, T value) {
    Objects.requireNonNull(time, "time");
    Objects.requireNonNull(writer, "writer");
    return new LWWRegister<>(new Write<>(time, writer, Objects.requireNonNull(value, "value")));
  }

  /**
   * The delta that writes {@code value}, in the name of {@code replica}. It shows only if {@code
   * time} is later than {@link #time}: let the clock observe that first. A replica must not write
   * twice at one time.
   */
  public LWWRegister<T> set(ReplicaId replica, HybridTimestamp time, T value) {
    return of(replica, time, value);
  }

  /** What the last write wrote; empty if there is none. */
  public Optional<T> value() {
    return Optional.ofNullable(write).map(Write::value);
  }

  /** When the last write was made; empty if there is none. */
  public Optional<HybridTimestamp> time() {
    return Optional.ofNullable(write).map(Write::time);
  }

  /** Who made the last write; empty if there is none. */
  public Optional<ReplicaId> writer() {
    return Optional.ofNullable(write).map(Write::writer);
  }

  /**
   * The later of the two writes.
   *
   * @throws IllegalStateException if one replica has written two values at one time: neither is the
   *     last
   */
  @Override
  public LWWRegister<T> merge(LWWRegister<T> other) {
    if (other.write == null || this == other) {
      return this;
    }
    if (write == null) {
      return other;
    }
    int order = write.compareOrder(other.write);
    if (order == 0 && !write.value().equals(other.write.value())) {
      throw new IllegalStateException(
          "replica "
              + write.writer()
              + " has written two values at time "
              + write.time()
              + ": "
              + write.value()
              + " and "
              + other.write.value());
    }
    return order >= 0 ? this : other;
  }

  /** Same write: value, time and writer. */
  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof LWWRegister<?> other && Objects.equals(write, other.write);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(write);
  }

  /** The value and its time. */
  @Override
  public String toString() {
    return write == null ? "(unwritten)" : write.value() + " @ " + write.time();
  }
}
