package dev.converge.engine.testkit;

/**
 * What decides commands, as the entity does where it runs.
 *
 * @param <S> the type of states
 * @param <E> the type of payloads
 * @param <C> the type of commands
 */
@FunctionalInterface
public interface CommandHandler<S, E, C> {
  /**
   * Decides a command against the state of one replica. An {@link IllegalArgumentException} counts
   * as a refusal.
   */
  CommandOutcome<E> decide(S state, C command);
}
