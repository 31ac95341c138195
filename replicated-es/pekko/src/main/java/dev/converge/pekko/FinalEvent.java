package dev.converge.pekko;

import dev.converge.crdt.clock.Dot;
import dev.converge.engine.fold.Folded;

/**
 * An event that has become final, with its outcome for good.
 *
 * @param type the entity's type
 * @param id the entity's id
 * @param outcome the event in its place, with what became of it
 * @param <E> events
 */
public record FinalEvent<E>(String type, String id, Folded<E> outcome) {
  /** The event's name within the entity: with type and id, the key by which to act once. */
  public Dot dot() {
    return outcome.dot();
  }
}
