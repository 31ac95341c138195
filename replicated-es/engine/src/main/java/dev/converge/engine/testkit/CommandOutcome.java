package dev.converge.engine.testkit;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a command leads to.
 *
 * @param events to persist, all or none; empty if there is nothing to do
 * @param answer what the sender is answered, if that is more than the state
 * @param refusal why the command is refused, if it is
 * @param <E> the type of payloads
 */
public record CommandOutcome<E>(List<E> events, @Nullable Object answer, @Nullable String refusal) {
  /**
   * Copies the events.
   *
   * @throws IllegalArgumentException if a refusal has events
   */
  public CommandOutcome {
    events = List.copyOf(events);
    if (refusal != null && !events.isEmpty()) {
      throw new IllegalArgumentException("a command that is refused persists nothing: " + events);
    }
  }

  /** Persist one event. */
  public static <E> CommandOutcome<E> persist(E event) {
    return new CommandOutcome<>(List.of(event), null, null);
  }

  /** Persist several events, all or none. */
  public static <E> CommandOutcome<E> persist(List<E> events) {
    return new CommandOutcome<>(events, null, null);
  }

  /** Nothing to do. */
  public static <E> CommandOutcome<E> none() {
    return new CommandOutcome<>(List.of(), null, null);
  }

  /** The command breaks a rule of the entity. */
  public static <E> CommandOutcome<E> refuse(String reason) {
    return new CommandOutcome<>(List.of(), null, Objects.requireNonNull(reason, "reason"));
  }

  /** The same, with an answer. */
  public CommandOutcome<E> thenReply(Object reply) {
    return new CommandOutcome<>(events, reply, refusal);
  }

  /** What the sender is answered. */
  public Optional<Object> reply() {
    return Optional.ofNullable(answer);
  }
}
