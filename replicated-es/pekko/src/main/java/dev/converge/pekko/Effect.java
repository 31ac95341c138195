package dev.converge.pekko;

import java.util.List;

/**
 * What a command leads to: events to persist, nothing, or a refusal. Made by {@link
 * ReplicatedEntity#onCommand}.
 *
 * @param <E> the entity's events
 */
public sealed interface Effect<E> {
  /**
   * Persist these events, then answer with the state after them.
   *
   * @param events at least one
   */
  record Persist<E>(List<E> events) implements Effect<E> {
    /** Copies the list. */
    public Persist {
      events = List.copyOf(events);
      if (events.isEmpty()) {
        throw new IllegalArgumentException("persist needs an event; use Effect.none() for none");
      }
    }
  }

  /** Answer with the state as it is. */
  record None<E>() implements Effect<E> {}

  /**
   * Refuse the command.
   *
   * @param reason in words for whoever sent it
   */
  record Refuse<E>(String reason) implements Effect<E> {}

  /** Persist one event. */
  static <E> Effect<E> persist(E event) {
    return new Persist<>(List.of(event));
  }

  /** Persist several events, all or none. */
  static <E> Effect<E> persist(List<E> events) {
    return new Persist<>(events);
  }

  /** Nothing to do. */
  static <E> Effect<E> none() {
    return new None<>();
  }

  /** The command breaks a rule of the entity. */
  static <E> Effect<E> refuse(String reason) {
    return new Refuse<>(reason);
  }
}
