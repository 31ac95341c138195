package dev.converge.crdt;

import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.CausalCrdt;
import dev.converge.crdt.causal.DotStore;
import dev.converge.crdt.clock.Dot;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What all causal types share: their state is all there is to them. */
abstract class CausalValue<V extends CausalValue<V, S>, S extends DotStore>
    implements CausalCrdt<V> {
  final Causal<S> causal;

  CausalValue(Causal<S> causal) {
    this.causal = Objects.requireNonNull(causal, "causal");
  }

  /** A value of this type with another state. */
  abstract V with(Causal<S> state);

  final S store() {
    return causal.store();
  }

  /** The dots of a store that may not be there. */
  static List<Dot> dotsIn(@Nullable DotStore store) {
    List<Dot> dots = new ArrayList<>(1);
    if (store != null) {
      store.forEachDot(dots::add);
    }
    return dots;
  }

  /** The state: what is alive and what has been seen. */
  @Override
  public final Causal<S> causal() {
    return causal;
  }

  /**
   * The causal join. O(delta · log n), on average over the merges of a history. A delta for one key
   * that is merged first with the very value whose mutator made it costs O(1), as the mutator has
   * done the work; kept without that merge, it keeps that value alive.
   */
  @Override
  @SuppressWarnings("unchecked") // V is the class of this.
  public final V merge(V other) {
    Causal<S> merged = causal.merge(other.causal);
    return merged == causal ? (V) this : with(merged);
  }

  /** The delta that takes away all that this value has seen. O(n). */
  public final V clear() {
    return with(causal.removal());
  }

  /** Same type and same state, so also the same causal context. */
  @Override
  public final boolean equals(@Nullable Object o) {
    return o instanceof CausalValue<?, ?> other
        && getClass() == other.getClass()
        && causal.equals(other.causal);
  }

  @Override
  public final int hashCode() {
    return causal.hashCode();
  }
}
