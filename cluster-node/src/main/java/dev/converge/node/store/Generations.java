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
    List<Dot> missing = in(state, key, SequenceValue::missingRoots);
    ORMap<String, Variant> removal = state.remove(key);
    return missing.isEmpty() ? removal : removal.merge(Buckets.removal(missing));
  }

  /**
   * The delta that takes away, of what has changed between two states, parts whose generations were
   * removed; null if there are none.
   */
  static @Nullable ORMap<String, Variant> sweep(
      ORMap<String, Variant> before, ORMap<String, Variant> after) {
    List<Dot> garbage = new ArrayList<>(0);
    before.forEachChangedKey(after, key -> garbage.addAll(in(after, key, SequenceValue::garbage)));
    return garbage.isEmpty() ? null : Buckets.removal(garbage);
  }

  private static List<Dot> in(
      ORMap<String, Variant> state,
      String key,
      BiFunction<DotFun<?>, CausalContext, List<Dot>> search) {
    if (!(Buckets.store(state).get(key) instanceof DotMap<?, ?> variant)) {
      return List.of();
    }
    List<Dot> found = List.of();
    for (StoreType<?> type : SEQUENCES) {
      if (stored(variant, type) instanceof DotFun<?> parts) {
        List<Dot> more = search.apply(parts, Buckets.context(state));
        if (!more.isEmpty()) {
          found = new ArrayList<>(found);
          found.addAll(more);
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
