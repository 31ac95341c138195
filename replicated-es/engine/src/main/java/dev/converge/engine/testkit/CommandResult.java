package dev.converge.engine.testkit;

import dev.converge.crdt.clock.Dot;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.event.ReplicatedEvent;
import java.util.List;
import java.util.Optional;

/**
 * What a command came to at the replica that took it.
 *
 * @param command the command
 * @param persisted the new events, in order
 * @param decisions what was decided on each of them at that replica, right then
 * @param state the state of the replica after them
 * @param reply what the sender was answered, beside the state
 * @param refusal why the command was refused, if it was
 * @param <S> the type of states
 * @param <E> the type of payloads
 * @param <C> the type of commands
 */
public record CommandResult<S, E, C>(
    C command,
    List<ReplicatedEvent<E>> persisted,
    List<Decision<E>> decisions,
    S state,
    Optional<Object> reply,
    Optional<String> refusal) {

  /** The payloads of the new events. */
  public List<E> events() {
    return persisted.stream().map(ReplicatedEvent::payload).toList();
  }

  /**
   * The payload of the one new event.
   *
   * @throws AssertionError if there is none, or more than one
   */
  public E event() {
    return one().payload();
  }

  /**
   * The name of the one new event: to ask any replica what became of it.
   *
   * @throws AssertionError if there is none, or more than one
   */
  public Dot dot() {
    return one().dot();
  }

  /**
   * The reply, as this type.
   *
   * @throws AssertionError if there is none, or of another type
   */
  public <R> R reply(Class<R> type) {
    Object answer =
        reply.orElseThrow(() -> new AssertionError(command + " was answered with the state alone"));
    if (!type.isInstance(answer)) {
      throw new AssertionError(command + " was answered with " + answer + ", not a " + type);
    }
    return type.cast(answer);
  }

  /** Whether the command persisted nothing. */
  public boolean hasNoEvents() {
    return persisted.isEmpty();
  }

  private ReplicatedEvent<E> one() {
    if (persisted.size() != 1) {
      throw new AssertionError(
          command
              + " persisted "
              + events()
              + ", not one event"
              + refusal.map(reason -> "; it was refused: " + reason).orElse(""));
    }
    return persisted.get(0);
  }
}
