package dev.converge.engine.conflict;

import java.util.Optional;
import java.util.Set;

/**
 * Decides what becomes of events that are concurrent and touch the same thing.
 *
 * <p>All methods must be pure: the same answer for the same input, on every replica and at every
 * time, without a clock, randomness or anything from outside. An event is judged when all events
 * before it in the total order have been, and only if it has a rival; without one it applies. A
 * resolver cannot undo what is folded. When an earlier event arrives late, the later ones are
 * judged again.
 *
 * @param <S> the type of states
 * @param <E> the type of payloads
 */
public interface ConflictResolver<S, E> {
  /**
   * The names of what the event touches; events conflict only if they share one. Usually few: the
   * field, the item, the seat. Empty: never in conflict.
   */
  Set<String> conflictKeys(E event);

  /** What becomes of the event. */
  Decision<E> decide(Conflict<S, E> conflict);

  /**
   * Whether events that were discarded still count as rivals of later ones; no, unless overridden.
   * Events discarded because their origin id had come before never do.
   */
  default boolean seesDiscarded() {
    return false;
  }

  /**
   * What sorts of event it is, as far as that matters: "delete", "create". A resolver can ask for
   * the rivals of a kind without a look at the others: {@link Rivals#ofKind}. Usually none or one.
   */
  default Set<String> kinds(E event) {
    return Set.of();
  }

  /**
   * Whether {@link #decide} looks at {@link Conflict#state}. A resolver that does not is asked
   * again only when the rivals of an event have changed, not whenever the state before it has; a
   * look all the same throws.
   */
  default boolean readsState() {
    return true;
  }

  /**
   * If the event is a person's decision on a conflict that was escalated: which, and the sides that
   * the person saw. Such an event is not handed to {@link #decide}: the fold applies or discards it
   * by the rules of {@link Escalation}, and the handler gives it the effect that the person chose.
   */
  default Optional<Resolution> resolution(E event) {
    return Optional.empty();
  }
}
