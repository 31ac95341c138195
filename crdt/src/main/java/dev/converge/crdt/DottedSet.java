package dev.converge.crdt;

import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotSet;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Elements that are in a set as long as a dot of theirs is alive. */
abstract class DottedSet<E, V extends DottedSet<E, V>> extends CausalValue<V, DotMap<E, DotSet>>
    implements Iterable<E> {
  DottedSet(Causal<DotMap<E, DotSet>> causal) {
    super(causal);
  }

  final List<Dot> dotsOf(E element) {
    DotSet dots = store().get(element);
    return dots == null ? List.of() : dots.dots();
  }

  /**
   * The delta that adds {@code element}, in the name of {@code replica}. Adding what is there
   * already makes it survive removals that have not seen this. O(log n).
   */
  public final V add(ReplicaId replica, E element) {
    Dot dot = causal.next(replica);
    return with(Causal.put(causal, element, DotSet.of(dot), dot));
  }

  /**
   * The delta that adds these elements, in the name of {@code replica}: one delta for all.
   * O(elements · log n).
   */
  public final V addAll(ReplicaId replica, Collection<? extends E> elements) {
    long sequence = causal.next(replica).sequence();
    Map<E, DotSet> added = new LinkedHashMap<>();
    List<Dot> replaced = new ArrayList<>();
    for (E element : elements) {
      if (!added.containsKey(element)) {
        added.put(element, DotSet.of(new Dot(replica, sequence++)));
        replaced.addAll(dotsOf(element));
      }
    }
    return with(Causal.delta(DotMap.of(added), replaced));
  }

  /** Whether {@code element} is in the set. O(log n). */
  public final boolean contains(E element) {
    return store().containsKey(element);
  }

  /** How many elements. O(1). */
  public final int size() {
    return store().keyCount();
  }

  /** Whether there are no elements. O(1). */
  public final boolean isEmpty() {
    return store().isEmpty();
  }

  /** The elements, unmodifiable and in no order that a caller can rely on. O(1). */
  public final Set<E> elements() {
    return Views.keys(store(), store().keyCount(), store()::containsKey);
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
