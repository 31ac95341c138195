package dev.converge.engine.conflict;

import dev.converge.engine.event.ReplicatedEvent;
import java.util.Collection;
import java.util.List;

/**
 * What a resolver sees when it judges an event. Valid only during the call to {@link
 * ConflictResolver#decide}; what its methods return may be kept.
 *
 * @param <S> the type of states
 * @param <E> the type of payloads
 */
public interface Conflict<S, E> {
  /**
   * The state before the event: everything earlier in the total order, as it was decided.
   *
   * @throws IllegalStateException if the resolver promised not to look: {@link
   *     ConflictResolver#readsState}
   */
  S state();

  /** The event to judge. It is later in the total order than every rival. */
  ReplicatedEvent<E> event();

  /**
   * The earlier, concurrent events that share a conflict key with it. Never empty. Looked up when
   * asked for.
   */
  Rivals<E> among();

  /**
   * Of the rivals, those that share one of {@code keys} with the event. Looked up when asked for.
   *
   * @param keys those that are no conflict keys of the event are passed over
   */
  Rivals<E> among(Collection<String> keys);

  /**
   * The earlier, concurrent events that share a conflict key with it, in dot order: by replica,
   * then sequence number. Never empty. Unmodifiable. Each call costs O(rivals): where there may be
   * many, {@link #among} tells what is wanted for less.
   */
  default List<Rival<E>> rivals() {
    return among().list();
  }

  /**
   * Of the rivals, the first in the total order: the one that was there before all others. Costs
   * O(keys · replicas · log n), however many rivals there are.
   */
  default Rival<E> earliestRival() {
    return among().earliest().orElseThrow();
  }

  /**
   * Of the rivals, the last in the total order: the one whose effect this event meets. Costs O(keys
   * · replicas · log n), however many rivals there are.
   */
  default Rival<E> latestRival() {
    return among().latest().orElseThrow();
  }
}
