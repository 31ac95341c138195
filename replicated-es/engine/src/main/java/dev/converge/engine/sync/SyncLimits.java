package dev.converge.engine.sync;

import dev.converge.engine.event.ReplicatedEvent;
import java.util.function.ToLongFunction;

/**
 * How large a batch may be. A single event always fits, however large it is: what was acknowledged
 * must be able to travel.
 *
 * @param maxEvents how many events, from 1
 * @param maxBytes how many bytes all together, from 1
 * @param size the size of one event, in bytes
 * @param <E> the type of payloads
 */
public record SyncLimits<E>(
    int maxEvents, long maxBytes, ToLongFunction<? super ReplicatedEvent<E>> size) {
  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException if a bound is below 1
   */
  public SyncLimits {
    if (maxEvents < 1 || maxBytes < 1) {
      throw new IllegalArgumentException(
          "a batch must have room for an event: " + maxEvents + " events, " + maxBytes + " bytes");
    }
  }

  /** A bound on the number of events alone. */
  public static <E> SyncLimits<E> events(int maxEvents) {
    return new SyncLimits<>(maxEvents, Long.MAX_VALUE, event -> 0);
  }
}
