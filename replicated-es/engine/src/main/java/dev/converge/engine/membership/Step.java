package dev.converge.engine.membership;

import java.util.List;

/**
 * What a state machine answers to an input.
 *
 * <p>The caller's duty: where the state differs from the one before, it is durable before the first
 * effect is carried out. Effects are carried out in their order.
 *
 * @param state the state from now on
 * @param effects what to do
 * @param <S> the type of states
 * @param <F> the type of effects
 */
public record Step<S, F>(S state, List<F> effects) {
  /** Copies the effects. */
  public Step {
    effects = List.copyOf(effects);
  }

  static <S, F> Step<S, F> of(S state) {
    return new Step<>(state, List.of());
  }

  static <S, F> Step<S, F> of(S state, List<? extends F> effects) {
    return new Step<>(state, List.copyOf(effects));
  }
}
