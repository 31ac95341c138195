package dev.converge.engine.sync;

import dev.converge.engine.event.ReplicatedEvent;
import org.jspecify.annotations.Nullable;

/**
 * An event that was not taken in, and why.
 *
 * @param event the event that came
 * @param reason the kind of fault
 * @param detail what is wrong, for a person
 * @param evidence the event that it contradicts or should follow, where there is one
 * @param <E> the type of payloads
 */
public record Refusal<E>(
    ReplicatedEvent<E> event, Reason reason, String detail, @Nullable ReplicatedEvent<E> evidence) {

  /** Kinds of faults. */
  public enum Reason {
    /** It must wait for something missing, and the causal buffer is full. It may come again. */
    GAP,
    /** It is of a replica that is no member and never was: forged, or of another cluster. */
    WRONG_ORIGIN,
    /** Its batch is not strictly increasing in the total order. The whole batch is refused. */
    UNSORTED,
    /** Its batch is larger than the limits. The whole batch is refused; send smaller ones. */
    OVER_LIMITS,
    /** It is not later than an event that it must follow: no correct replica made it. */
    MALFORMED,
    /** Another event has the same dot. An alarm: the sender or this replica has lost a write. */
    CONTRADICTION
  }
}
