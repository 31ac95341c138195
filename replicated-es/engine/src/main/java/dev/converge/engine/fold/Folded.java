package dev.converge.engine.fold;

import dev.converge.crdt.clock.Dot;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.event.ReplicatedEvent;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One event in its place in the fold, with what became of it.
 *
 * @param event the event as it was written
 * @param decision what was decided on it
 * @param concurrentWith the earlier, concurrent events that share a conflict key, in dot order
 * @param duplicateOf if its origin id had come before: the event that counts in its place
 * @param isFinal whether no event to come can be ordered before it
 * @param <E> the type of payloads
 */
public record Folded<E>(
    ReplicatedEvent<E> event,
    Decision<E> decision,
    List<Dot> concurrentWith,
    @Nullable Dot duplicateOf,
    boolean isFinal) {

  /** The event's name. */
  public Dot dot() {
    return event.dot();
  }

  /** What the handler was given: the payload, its replacement, or nothing. */
  public Optional<E> effect() {
    return decision.effectOf(event.payload());
  }
}
