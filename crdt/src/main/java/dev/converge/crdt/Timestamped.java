package dev.converge.crdt;

import dev.converge.crdt.clock.HybridTimestamp;
import java.util.Objects;

/**
 * A value and the time at which it was written. Immutable if the value is.
 *
 * <pre>{@code
 * Timestamped<String> write = new Timestamped<>(new HybridTimestamp(1_000, 0), "Ann");
 * }</pre>
 *
 * @param <T> the value: immutable, with {@code equals} by meaning
 * @param time when it was written
 * @param value what was written
 */
public record Timestamped<T>(HybridTimestamp time, T value) {
  /** Checks that both are there. */
  public Timestamped {
    Objects.requireNonNull(time, "time");
    Objects.requireNonNull(value, "value");
  }

  /** {@code value @ millis.counter}. */
  @Override
  public String toString() {
    return value + " @ " + time;
  }
}
