package dev.converge.engine.testkit;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.engine.conflict.Escalation;
import dev.converge.engine.fold.NaiveFold;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A replica of a random history that is about to write an event.
 *
 * @param <S> the type of states
 */
public final class Author<S> {
  private final Dot dot;
  private final CausalContext context;
  private final Supplier<? extends NaiveFold.Result<S, ?>> folding;
  private NaiveFold.@Nullable Result<S, ?> folded;

  Author(Dot dot, CausalContext context, Supplier<? extends NaiveFold.Result<S, ?>> folding) {
    this.dot = dot;
    this.context = context;
    this.folding = folding;
  }

  private NaiveFold.Result<S, ?> folded() {
    if (folded == null) {
      folded = folding.get();
    }
    return folded;
  }

  /** The name of the event to write. */
  public Dot dot() {
    return dot;
  }

  /** What the event will depend on. */
  public CausalContext context() {
    return context;
  }

  /** The state after all that the author has seen. Folds at the first call, O(n²). */
  public S state() {
    return folded().state();
  }

  /** The conflicts that the author sees open. Folds at the first call, O(n²). */
  public List<Escalation> openConflicts() {
    return folded().conflicts();
  }
}
