package dev.converge.crdt.testing;

import dev.converge.crdt.algebra.Crdt;
import java.util.function.Function;

/**
 * A type under test.
 *
 * @param name what failures are reported under
 * @param empty the value to which nothing has happened
 * @param operations makes a random operation; operations have a {@code toString} that says all
 * @param mutator makes the delta of an operation
 * @param <S> the type
 * @param <O> its operations
 */
public record Subject<S extends Crdt<S>, O>(
    String name, S empty, Function<Rng, O> operations, Mutator<S, O> mutator) {

  /** Makes deltas. */
  @FunctionalInterface
  public interface Mutator<S, O> {
    /** The delta of {@code event} on {@code state}. */
    S delta(S state, Event<O> event);
  }

  S delta(S state, Event<O> event) {
    return mutator.delta(state, event);
  }
}
