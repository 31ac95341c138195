package dev.converge.crdt.causal;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.persistent.PersistentSet;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A set of dots that are alive, and nothing else about them. */
public final class DotSet extends DotStore {
  private static final DotSet EMPTY = new DotSet(PersistentSet.empty());

  /**
   * A {@link Dot} if there is just one, else a {@link PersistentSet} of them. Nearly all elements
   * of a set have one dot, so this decides what a large set weighs.
   */
  private final Object dots;

  private DotSet(Object dots) {
    this.dots = dots;
  }

  private static DotSet ofSet(PersistentSet<Dot> set) {
    if (set.isEmpty()) {
      return EMPTY;
    }
    return new DotSet(set.size() == 1 ? set.iterator().next() : set);
  }

  /** No dots. */
  public static DotSet none() {
    return EMPTY;
  }

  /** This dot. */
  public static DotSet of(Dot dot) {
    return new DotSet(dot);
  }

  /**
   * The dot {@code (replica, sequence)}. Keeps the id itself, so pass one object for one replica.
   */
  public static DotSet of(ReplicaId replica, long sequence) {
    return of(new Dot(replica, sequence));
  }

  /** These dots. */
  public static DotSet of(Dot... dots) {
    return of(List.of(dots));
  }

  /** These dots. */
  public static DotSet of(Collection<Dot> dots) {
    return ofSet(PersistentSet.copyOf(dots));
  }

  @SuppressWarnings("unchecked") // All sets in dots are of dots.
  private PersistentSet<Dot> set() {
    return dots instanceof Dot dot
        ? PersistentSet.<Dot>empty().add(dot)
        : (PersistentSet<Dot>) dots;
  }

  /** The dots, in no order. */
  public Stream<Dot> stream() {
    return dots instanceof Dot dot ? Stream.of(dot) : set().stream();
  }

  @Override
  public int size() {
    return dots instanceof Dot ? 1 : set().size();
  }

  @Override
  public boolean contains(Dot dot) {
    return dots instanceof Dot only ? only.equals(dot) : set().contains(dot);
  }

  @Override
  public void forEachDot(Consumer<? super Dot> action) {
    if (dots instanceof Dot dot) {
      action.accept(dot);
    } else {
      set().forEach(action);
    }
  }

  @Override
  public DotSet empty() {
    return EMPTY;
  }

  private DotSet with(Dot dot) {
    if (isEmpty()) {
      return of(dot);
    }
    return contains(dot) ? this : ofSet(set().add(dot));
  }

  private DotSet without(Dot dot) {
    return contains(dot) ? ofSet(set().remove(dot)) : this;
  }

  @Override
  DotSet apply(CausalContext context, DotStore delta, Collection<Dot> relevant) {
    requireSameShape(this, delta);
    DotSet result = this;
    for (Dot dot : relevant) {
      if (!delta.contains(dot)) {
        result = result.without(dot);
      } else if (!context.contains(dot)) {
        result = result.with(dot);
      }
    }
    return result;
  }

  @Override
  void forEachDifference(
      DotStore other, Consumer<? super Dot> onlyMine, Consumer<? super Dot> onlyTheirs) {
    set().forEachDifference(((DotSet) other).set(), onlyMine, onlyTheirs);
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
    return set().toString();
  }
}
