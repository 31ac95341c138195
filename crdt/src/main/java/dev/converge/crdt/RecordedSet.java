package dev.converge.crdt;

import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Elements with the last writes about each: adds, and removals that have to be remembered. */
abstract class RecordedSet<E, W, V extends RecordedSet<E, W, V>>
    extends CausalValue<V, DotMap<E, DotFun<W>>> implements Iterable<E> {
  /** How many elements are present; -1 until somebody asks. A race computes the same twice. */
  private int size = -1;

  RecordedSet(Causal<DotMap<E, DotFun<W>>> causal) {
    super(causal);
  }

  /** Whether an element about which these writes stand is in the set. */
  abstract boolean isPresent(DotFun<W> writes);

  /** Whether it is not, for a reason that {@code stable} covers. */
  abstract boolean isGoneForGood(DotFun<W> writes, CausalContext stable);

  /**
   * The delta that forgets the removal records of elements whose removals are in {@code stable},
   * and the older adds which those removals hide. What the set shows stays the same. O(n).
   *
   * <p>The caller's duty: {@code stable} may have a dot only if every replica has it, <em>and</em>
   * everything that any replica wrote before it had it has been merged here. That is so for what is
   * common to the contexts of whole states that were merged here, one of every other replica whose
   * writes may still arrive:
   *
   * <pre>{@code
   * mine = mine.merge(fromLaptop).merge(fromTablet);
   * VersionVector stable = fromLaptop.causal().context().vector()
   *     .meet(fromTablet.causal().context().vector());
   * mine = mine.merge(mine.forget(CausalContext.of(stable)));
   * }</pre>
   *
   * <p>If a removal is forgotten too early, replicas still end equal, but an add that the removal
   * should have beaten, and that comes later, is in the set.
   */
  public final V forget(CausalContext stable) {
    List<Dot> forgotten = new ArrayList<>();
    for (Map.Entry<E, DotFun<W>> e : store()) {
      if (isGoneForGood(e.getValue(), stable)) {
        e.getValue().forEachDot(forgotten::add);
      }
    }
    return with(Causal.delta(DotMap.none(), forgotten));
  }

  /**
   * How many removed elements are remembered: what {@link #forget} can bring down. O(n) for the
   * first call on a value, then O(1).
   */
  public final int removalRecords() {
    return store().keyCount() - size();
  }

  /** Whether {@code element} is in the set. O(log n). */
  public final boolean contains(E element) {
    DotFun<W> writes = store().get(element);
    return writes != null && isPresent(writes);
  }

  /** How many elements. O(n) for the first call on a value, then O(1). */
  public final int size() {
    if (size < 0) {
      int present = 0;
      for (Map.Entry<E, DotFun<W>> e : store()) {
        present += isPresent(e.getValue()) ? 1 : 0;
      }
      size = present;
    }
    return size;
  }

  /** Whether there are no elements. O(n) for the first call on a value, then O(1). */
  public final boolean isEmpty() {
    return size() == 0;
  }

  /**
   * The elements, unmodifiable and in no order that a caller can rely on. A view, which costs
   * nothing but {@link #size}.
   */
  public final Set<E> elements() {
    return Views.keys(this::present, size(), this::contains);
  }

  private Iterator<Map.Entry<E, DotFun<W>>> present() {
    return StreamSupport.stream(store().spliterator(), false)
        .filter(e -> isPresent(e.getValue()))
        .iterator();
  }

  /** The elements. */
  @Override
  public final Iterator<E> iterator() {
    return elements().iterator();
  }

  /** The elements. */
  public final Stream<E> stream() {
    return elements().stream();
  }

  /** The elements, {@code [a, b]}. */
  @Override
  public final String toString() {
    return elements().toString();
  }
}
