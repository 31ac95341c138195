package dev.converge.crdt.causal;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.persistent.PersistentSet;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A set of dots that are alive, and nothing else about them. */
public final class DotSet extends DotStore {
  private static final DotSet EMPTY = new DotSet(PersistentSet.empty());

  private final PersistentSet<Dot> dots;

  private DotSet(PersistentSet<Dot> dots) {
    this.dots = dots;
  }

  /** No dots. */
  public static DotSet none() {
    return EMPTY;
  }

  /** These dots. */
  public static DotSet of(Dot... dots) {
    return of(List.of(dots));
  }

  /** These dots. */
  public static DotSet of(Collection<Dot> dots) {
    return dots.isEmpty() ? EMPTY : new DotSet(PersistentSet.copyOf(dots));
  }

  /** The dots, in no order. */
  public Stream<Dot> stream() {
    return dots.stream();
  }

  @Override
  public int size() {
    return dots.size();
  }

  @Override
  public boolean contains(Dot dot) {
    return dots.contains(dot);
  }

  @Override
  public void forEachDot(Consumer<? super Dot> action) {
    dots.forEach(action);
  }

  @Override
  public DotSet empty() {
    return EMPTY;
  }

  @Override
  DotSet apply(CausalContext context, DotStore delta, Collection<Dot> relevant) {
    requireSameShape(this, delta);
    PersistentSet<Dot> result = dots;
    for (Dot dot : relevant) {
      if (!delta.contains(dot)) {
        result = result.remove(dot);
      } else if (!context.contains(dot)) {
        result = result.add(dot);
      }
    }
    return result == dots ? this : new DotSet(result);
  }

  @Override
  void forEachDifference(
      DotStore other, Consumer<? super Dot> onlyMine, Consumer<? super Dot> onlyTheirs) {
    dots.forEachDifference(((DotSet) other).dots, onlyMine, onlyTheirs);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof DotSet other && dots.equals(other.dots);
  }

  @Override
  public int hashCode() {
    return dots.hashCode();
  }

  /** {@code [node-1:3]}. */
  @Override
  public String toString() {
    return dots.toString();
  }
}
