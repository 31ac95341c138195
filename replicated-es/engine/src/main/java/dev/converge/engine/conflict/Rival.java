package dev.converge.engine.conflict;

import dev.converge.crdt.clock.Dot;
import dev.converge.engine.event.ReplicatedEvent;
import java.util.Optional;
import java.util.SortedSet;

/**
 * An earlier, concurrent event that touches the same thing as the event being judged.
 *
 * @param event the rival as it was written
 * @param decision what was decided on it
 * @param sharedKeys the conflict keys that both have, sorted
 * @param <E> the type of payloads
 */
public record Rival<E>(
    ReplicatedEvent<E> event, Decision<E> decision, SortedSet<String> sharedKeys) {

  /** The rival's name. */
  public Dot dot() {
    return event.dot();
  }

  /** What of the rival took effect: its payload, its replacement, or nothing. */
  public Optional<E> effect() {
    return decision.effectOf(event.payload());
  }
}
