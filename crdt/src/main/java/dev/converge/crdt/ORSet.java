package dev.converge.crdt;

import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.CausalType;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotSet;
import dev.converge.crdt.clock.Dot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A set with add and remove in which, of an add and a concurrent remove of one element, the add
 * wins: a removal takes away the adds that it has seen, and no others.
 *
 * <p>For shopping carts, members, tags. Keeps no tombstones: its size is that of its elements, each
 * with a dot for each concurrent add, and of a causal context.
 *
 * <pre>{@code
 * ORSet<String> tags = ORSet.empty();
 * tags = tags.merge(tags.add(phone, "new"));
 * ORSet<String> removed = tags.merge(tags.remove("new"));
 * ORSet<String> addedAgain = tags.merge(tags.add(laptop, "new"));
 * boolean in = removed.merge(addedAgain).contains("new"); // true
 * }</pre>
 *
 * <p>Immutable and thread-safe. Mutators return deltas (see {@link
 * dev.converge.crdt.algebra.Crdt}). See Bieniusa et al., <em>An Optimized Conflict-free Replicated
 * Set</em> (2012); Almeida, Shoker, Baquero, <em>Delta State Replicated Data Types</em> (2018).
 *
 * @param <E> the elements: immutable, with {@code equals} and {@code hashCode}
 */
public final class ORSet<E> extends DottedSet<E, ORSet<E>> {
  private static final CausalType<ORSet<Object>> TYPE =
      CausalType.of("orset", DotMap.<Object, DotSet>none(), ORSet::new, Shapes::checkDotSets);

  private ORSet(Causal<DotMap<E, DotSet>> causal) {
    super(causal);
  }

  /** The set to which nothing has happened. */
  public static <E> ORSet<E> empty() {
    return ORSet.<E>type().empty();
  }

  /** The type of sets in a map, and what restores one from its parts. */
  @SuppressWarnings({"unchecked", "rawtypes"}) // It treats all elements alike.
  public static <E> CausalType<ORSet<E>> type() {
    return (CausalType) TYPE;
  }

  @Override
  ORSet<E> with(Causal<DotMap<E, DotSet>> state) {
    return new ORSet<>(state);
  }

  /**
   * The delta that removes {@code element}: it takes away the adds seen here. Of an element that is
   * not here, an empty delta. O(log n).
   */
  public ORSet<E> remove(E element) {
    return with(Causal.remove(causal, element));
  }

  /** The delta that removes these elements: one delta for all. O(elements · log n). */
  public ORSet<E> removeAll(Collection<? extends E> elements) {
    List<Dot> dots = new ArrayList<>();
    for (E element : elements) {
      dots.addAll(dotsOf(element));
    }
    return with(Causal.delta(DotMap.none(), dots));
  }
}
