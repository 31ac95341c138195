package dev.converge.engine.fold;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.conflict.Escalation;
import java.util.List;

/**
 * A conflict that was handed to a person and whose event has left memory. Its sides cannot change
 * any more; they are held, to be shown and decided on, until somebody has.
 *
 * @param escalation as it stands after all events that have left memory
 * @param sides the events of its sides, in dot order; none if it is settled
 * @param <E> the type of payloads
 */
public record HeldConflict<E>(Escalation escalation, List<Judged<E>> sides) {
  /** Copies the sides. */
  public HeldConflict {
    sides = List.copyOf(sides);
  }

  /** After a decision that stands and has left memory too. */
  HeldConflict<E> with(Escalation.Standing decision) {
    Escalation after = escalation.with(List.of(decision));
    return new HeldConflict<>(after, after.isOpen() ? sides : List.of());
  }

  /**
   * Whether nothing to come needs it: it is settled, and every decision to come has seen that, so
   * it is told the same as if there had never been a conflict.
   *
   * @param seen what every event to come has seen
   */
  boolean isForgettable(VersionVector seen) {
    return !escalation.isOpen()
        && seen.contains(escalation.id())
        && escalation.decidedBy().stream().allMatch(seen::contains);
  }

  /** The escalated event. */
  Judged<E> escalated() {
    Dot id = escalation.id();
    return sides.stream().filter(side -> side.dot().equals(id)).findFirst().orElseThrow();
  }
}
