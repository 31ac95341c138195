package dev.converge.crdt.causal;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.persistent.PersistentMap;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the deltas of writes to one key of a map, with their {@link Outcome} where that is easy.
 */
final class MapDeltas {
  /** Of more dots the outcome is not made beforehand: it may not be asked for. */
  private static final int FEW = 4;

  private MapDeltas() {}

  /** {@code store}, whose only dot is {@code dot}, in place of all that is under {@code key}. */
  static <K, S extends DotStore> Causal<DotMap<K, S>> put(
      Causal<DotMap<K, S>> map, K key, S store, Dot dot) {
    return put(map, key, store, dot, null);
  }

  /**
   * As the other.
   *
   * @param replaced those of the dots under {@code key} that go; null for all
   */
  static <K, S extends DotStore> Causal<DotMap<K, S>> put(
      Causal<DotMap<K, S>> map, K key, S store, Dot dot, @Nullable List<Dot> replaced) {
    PersistentMap.Previous<S> previous = new PersistentMap.Previous<>();
    PersistentMap<K, S> changed = map.store().stores.put(key, store, previous);
    @Nullable S present = previous.value();
    if (present != null) {
      DotStore.requireSameShape(present, store);
    }
    List<Dot> gone = replaced != null ? replaced : present == null ? List.of() : dots(present);
    CausalContext context = Causal.contextOf(store, dot, gone);
    CausalContext seen = map.context().with(dot);
    if (seen == map.context() || store instanceof DotMap || !isAll(gone, present)) {
      return Causal.made(DotMap.of(key, store), context);
    }
    DotMap<K, S> after = map.store().with(changed, key, dot, gone);
    return Causal.made(DotMap.of(key, store), context, map, Causal.made(after, seen));
  }

  /** Whether these are all the dots of the store, if they are few. */
  private static boolean isAll(List<Dot> dots, @Nullable DotStore store) {
    if (store == null || dots.size() != 1) {
      return store == null && dots.isEmpty();
    }
    return store.size() == 1 && store.contains(dots.get(0));
  }

  /** Nothing in place of all that is under {@code key}. */
  static <K, S extends DotStore> Causal<DotMap<K, S>> remove(Causal<DotMap<K, S>> map, K key) {
    @Nullable S present = map.store().get(key);
    if (present == null) {
      return Causal.delta(DotMap.none(), List.of());
    }
    List<Dot> gone = dots(present);
    Causal<DotMap<K, S>> delta = Causal.delta(DotMap.none(), gone);
    if (gone.size() > FEW) {
      return delta;
    }
    DotMap<K, S> after = map.store().with(map.store().stores.remove(key), key, null, gone);
    return Causal.made(delta.store(), delta.context(), map, Causal.made(after, map.context()));
  }

  /** See {@link Causal#nested}. */
  static <K, T extends DotStore> Causal<DotMap<K, T>> nested(
      Causal<DotMap<K, T>> map, K key, Causal<? extends T> delta) {
    @Nullable T present = map.store().get(key);
    Outcome<? extends T> inner = delta.outcome();
    if (inner != null && isAt(map, present, inner.base())) {
      // It was made here, so what it has seen is here or new.
      return made(map, key, delta, inner.state());
    }
    List<Dot> seen = new ArrayList<>();
    delta.context().forEachBeyond(map.context(), seen::add);
    if (present != null) {
      if (delta.context().size() <= present.size()) {
        addIf(delta.context(), present, seen);
      } else {
        present.forEachDot(
            dot -> {
              if (delta.context().contains(dot)) {
                seen.add(dot);
              }
            });
      }
    }
    T store = delta.store();
    return Causal.delta(DotMap.of(key, store), seen);
  }

  private static <K, T extends DotStore> Causal<DotMap<K, T>> made(
      Causal<DotMap<K, T>> map, K key, Causal<? extends T> delta, Causal<? extends T> state) {
    T after = state.store();
    PersistentMap<K, T> stores = map.store().stores;
    PersistentMap<K, T> changed = after.isEmpty() ? stores.remove(key) : stores.put(key, after);
    @Nullable K present = changed.presentKey(key);
    // It writes to one key, so it has at most one dot that is new.
    Dot[] added = {null};
    List<Dot> gone = new ArrayList<>(2);
    delta
        .context()
        .forEach(
            dot -> {
              if (delta.store().contains(dot)) {
                added[0] = dot;
              } else {
                gone.add(dot);
              }
            });
    return Causal.made(
        DotMap.of(key, delta.store()),
        delta.context(),
        map,
        Causal.made(
            map.store().with(changed, present != null ? present : key, added[0], gone),
            state.context()));
  }

  private static void addIf(CausalContext few, DotStore present, List<Dot> seen) {
    few.forEach(
        dot -> {
          if (present.contains(dot)) {
            seen.add(dot);
          }
        });
  }

  /** Whether {@code value} is what the map has under the key, and has seen what the map has. */
  private static boolean isAt(Causal<?> map, @Nullable DotStore present, Causal<?> value) {
    return value.context() == map.context()
        && (present == null ? value.store().isEmpty() : value.store() == present);
  }

  private static List<Dot> dots(DotStore store) {
    if (store instanceof DotSet set) {
      return set.dots();
    }
    List<Dot> dots = new ArrayList<>(1);
    store.forEachDot(dots::add);
    return dots;
  }
}
