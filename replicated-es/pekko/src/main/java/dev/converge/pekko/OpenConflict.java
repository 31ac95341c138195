package dev.converge.pekko;

import dev.converge.engine.conflict.Escalation;
import dev.converge.engine.fold.Judged;
import java.util.List;

/**
 * A conflict that waits for a person.
 *
 * @param type the entity's type
 * @param id the entity's id
 * @param escalation which, why, its sides and which of them are open
 * @param sides the events of the sides, in dot order, with what became of them
 * @param token what a person who sees this has seen: to be given back with the decision
 * @param <E> events
 */
public record OpenConflict<E>(
    String type, String id, Escalation escalation, List<Judged<E>> sides, SessionToken token) {
  /** Copies the sides. */
  public OpenConflict {
    sides = List.copyOf(sides);
  }
}
