package dev.converge.engine.fold;

import dev.converge.crdt.clock.Dot;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.event.ReplicatedEvent;
import org.jspecify.annotations.Nullable;

/**
 * An event with what became of it, without its place among others.
 *
 * @param event the event as it was written
 * @param decision what was decided on it
 * @param duplicateOf if its origin id had come before: the event that counts in its place
 * @param <E> the type of payloads
 */
public record Judged<E>(ReplicatedEvent<E> event, Decision<E> decision, @Nullable Dot duplicateOf) {
  /** The event's name. */
  public Dot dot() {
    return event.dot();
  }
}
