package dev.converge.engine.conflict;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * A choice among the rivals of an event, looked up when asked for, so that a resolver pays for what
 * it wants to know and not for how many rivals there are. Valid only during the call to {@link
 * ConflictResolver#decide}; what its methods return may be kept.
 *
 * <p>The costs named below are for n events in memory; discarded ones are skipped 64 at a time.
 *
 * @param <E> the type of payloads
 */
public interface Rivals<E> {
  /**
   * Those that are of {@code kind}. A choice has one kind at most: a second call replaces the
   * first.
   *
   * @see ConflictResolver#kinds
   */
  Rivals<E> ofKind(String kind);

  /** Whether there is none. Costs O(keys · replicas · log n). */
  boolean isEmpty();

  /** The first in the total order. Costs O(keys · replicas · log n). */
  Optional<Rival<E>> earliest();

  /** The last in the total order. Costs O(keys · replicas · log n). */
  Optional<Rival<E>> latest();

  /** The kinds that occur, sorted. Costs O(kinds · keys · replicas · log n). */
  SortedSet<String> kinds();

  /** All, in dot order. Unmodifiable. Each call costs O(rivals). */
  List<Rival<E>> list();
}
