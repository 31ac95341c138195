package dev.converge.engine.fold;

import dev.converge.engine.conflict.ConflictResolver;

/**
 * What the events of an entity mean. All methods are pure: no clock, no randomness, no I/O, and
 * arguments are never changed.
 *
 * <p>{@link #apply} need not commute: events are folded in one total order everywhere. But it must
 * give a state for every event in every state: what a command checked at its replica may no longer
 * hold once concurrent events stand before it.
 *
 * @param <S> the type of states: immutable, with {@code equals} by value
 * @param <E> the type of payloads: immutable, with {@code equals} by value
 */
public interface EntityModel<S, E> {
  /** The state before any event. */
  S emptyState();

  /** The state after {@code event}. */
  S apply(S state, E event, EventContext context);

  /** Judges events that are concurrent and touch the same thing. */
  ConflictResolver<S, E> conflicts();

  /**
   * For how many milliseconds a request that counted is remembered, so that it counts once: a later
   * event with its origin id is a repetition if its time is at most so much later. Measured in the
   * times of events, so it is the same on all replicas; what memory and snapshots keep of requests
   * is bounded by it. Must be the same on all replicas, and at least as long as a client may wait
   * before it repeats a request. 30 days unless overridden.
   */
  default long rememberRequestsMillis() {
    return 30L * 24 * 60 * 60 * 1000;
  }

  /**
   * Promises that {@link #apply} gives equal states in every order and looks at nothing of the
   * context that depends on other events. Then no event is judged, {@link
   * EventContext#concurrentWith} is empty, and a late event costs O(1) instead of a re-fold. A
   * false promise makes replicas differ.
   */
  default boolean commutes() {
    return false;
  }
}
