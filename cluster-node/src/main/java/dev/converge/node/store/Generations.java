package dev.converge.node.store;

import dev.converge.crdt.ORMap;
import dev.converge.crdt.Variant;
import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotStore;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** What the removal of a key means for the generations of a sequence: see {@link SequenceValue}. */
final class Generations {
  private static final List<StoreType<?>> SEQUENCES = List.of(StoreType.TEXT, StoreType.RGA);

  private Generations() {}

  /**
   * The delta that removes what is under {@code key}, and the roots of what is there and has come
   * without them: a part of a text would be left otherwise.
   */
  static ORMap<String, Variant> removal(ORMap<String, Variant> state, String key) {
    List<Dot> missing =
        in(Buckets.store(state).get(key), Buckets.context(state), SequenceValue::missingRoots);
    ORMap<String, Variant> removal = state.remove(key);
    return missing.isEmpty() ? removal : removal.merge(Buckets.removal(missing));
  }

  /** The parts of generations that were removed, in what stands under a key. */
  static List<Dot> garbage(@Nullable DotStore variant, CausalContext context) {
    return in(variant, context, SequenceValue::garbage);
  }

  private static List<Dot> in(
      @Nullable DotStore variant,
      CausalContext context,
      BiFunction<DotFun<?>, CausalContext, List<Dot>> search) {
    List<Dot> found = List.of();
    if (variant instanceof DotMap<?, ?> values) {
      for (StoreType<?> type : SEQUENCES) {
        if (stored(values, type) instanceof DotFun<?> parts) {
          List<Dot> more = search.apply(parts, context);
          if (!more.isEmpty()) {
            found = new ArrayList<>(found);
            found.addAll(more);
          }
        }
      }
    }
    return found;
  }

  @SuppressWarnings("unchecked") // The keys of a variant are the names of types.
  private static @Nullable DotStore stored(DotMap<?, ?> variant, StoreType<?> type) {
    return ((DotMap<String, DotStore>) variant).get(type.name());
  }
}
