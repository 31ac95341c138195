package dev.converge.crdt;

import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.CausalType;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotSet;

/**
 * A grow-only set inside a map: elements come one by one, and go only all together, with their key.
 *
 * <pre>{@code
 * ORMap<String, CausalGSet<String>> readers = ORMap.empty(CausalGSet.type());
 * readers = readers.merge(readers.update("page-1", s -> s.add(phone, "ann")));
 * readers = readers.merge(readers.remove("page-1"));
 * }</pre>
 *
 * <p>For a set on its own, {@link GSet} is smaller. Immutable and thread-safe. Mutators return
 * deltas.
 *
 * @param <E> the elements: immutable, with {@code equals} and {@code hashCode}
 */
public final class CausalGSet<E> extends DottedSet<E, CausalGSet<E>> {
  private static final CausalType<CausalGSet<Object>> TYPE =
      CausalType.of("gset", DotMap.<Object, DotSet>none(), CausalGSet::new, Shapes::checkDotSets);

  private CausalGSet(Causal<DotMap<E, DotSet>> causal) {
    super(causal);
  }

  /** The set to which nothing has happened. */
  public static <E> CausalGSet<E> empty() {
    return CausalGSet.<E>type().empty();
  }

  /** The type of sets in a map, and what restores one from its parts. */
  @SuppressWarnings({"unchecked", "rawtypes"}) // It treats all elements alike.
  public static <E> CausalType<CausalGSet<E>> type() {
    return (CausalType) TYPE;
  }

  @Override
  CausalGSet<E> with(Causal<DotMap<E, DotSet>> state) {
    return new CausalGSet<>(state);
  }
}
