package dev.converge.engine.testkit;

import java.util.Random;

/**
 * Makes events up. Few different keys and values make more conflicts, and so find more.
 *
 * @param <S> the type of states
 * @param <E> the type of payloads
 */
@FunctionalInterface
public interface EventGenerator<S, E> {
  /**
   * An event that the author could write now.
   *
   * @param author who writes, and what it sees: look at it if events depend on the state
   * @param random the only source of chance, so that a seed gives the same history again
   */
  E next(Author<S> author, Random random);
}
