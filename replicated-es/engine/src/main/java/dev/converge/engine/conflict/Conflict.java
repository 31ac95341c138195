package dev.converge.engine.conflict;

import dev.converge.engine.event.ReplicatedEvent;
import java.util.List;

/**
 * What a resolver sees when it judges an event. Valid only during the call to {@link
 * ConflictResolver#decide}; what its methods return may be kept.
 *
 * @param <S> the type of states
 * @param <E> the type of payloads
 */
public interface Conflict<S, E> {
  /** The state before the event: everything earlier in the total order, as it was decided. */
  S state();

  /** The event to judge. It is later in the total order than every rival. */
  ReplicatedEvent<E> event();

  /**
   * The earlier, concurrent events that share a conflict key with it, in dot order: by replica,
   * then sequence number. Never empty. Unmodifiable. Each call costs O(rivals).
   */
  List<Rival<E>> rivals();

  /**
   * Of the rivals, the first in the total order: the one that was there before all others. Costs
   * O(keys · replicas · log n), however many rivals there are.
   */
  Rival<E> earliestRival();

  /**
   * Of the rivals, the last in the total order: the one whose effect this event meets. Costs O(keys
   * · replicas · log n), however many rivals there are.
   */
  Rival<E> latestRival();
}
