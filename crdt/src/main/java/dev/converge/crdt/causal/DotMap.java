package dev.converge.crdt.causal;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.persistent.PersistentMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stores by key; a key is there as long as a dot under it is alive. With {@code S = DotStore}, each
 * key can have a store of a shape of its own.
 *
 * <p>Beside the stores by key it keeps the key of each dot, so that a context that has seen a dot
 * leads to it without a search: that is what makes the merge of a delta O(delta · log n).
 *
 * @param <K> the keys, with {@code equals} and {@code hashCode} that never change
 * @param <S> the stores
 */
public final class DotMap<K, S extends DotStore> extends DotStore
    implements Iterable<Map.Entry<K, S>> {
  private static final DotMap<?, ?> EMPTY =
      new DotMap<>(PersistentMap.empty(), PersistentMap.empty());

  /** No store is empty. */
  private final PersistentMap<K, S> stores;

  /** For each dot in {@link #stores}, its key. */
  private final PersistentMap<Dot, K> keyOf;

  private DotMap(PersistentMap<K, S> stores, PersistentMap<Dot, K> keyOf) {
    this.stores = stores;
    this.keyOf = keyOf;
  }

  /** No keys. */
  @SuppressWarnings("unchecked") // It holds neither a key nor a store.
  public static <K, S extends DotStore> DotMap<K, S> none() {
    return (DotMap<K, S>) EMPTY;
  }

  /** One key; none if {@code store} is empty. O(dots of the store). */
  public static <K, S extends DotStore> DotMap<K, S> of(K key, S store) {
    if (store.isEmpty()) {
      return none();
    }
    List<PersistentMap<Dot, K>> keyOf = new ArrayList<>(List.of(PersistentMap.empty()));
    store.forEachDot(dot -> keyOf.set(0, keyOf.get(0).put(dot, key)));
    return new DotMap<>(PersistentMap.of(key, store), keyOf.get(0));
  }

  /**
   * These keys; those with an empty store are left out. O(dots · log n).
   *
   * @throws IllegalArgumentException if a dot stands under two keys
   */
  public static <K, S extends DotStore> DotMap<K, S> of(Map<K, S> stores) {
    PersistentMap<K, S> filled = PersistentMap.empty();
    List<PersistentMap<Dot, K>> keyOf = new ArrayList<>(List.of(PersistentMap.empty()));
    for (Map.Entry<K, S> e : stores.entrySet()) {
      if (!e.getValue().isEmpty()) {
        K key = e.getKey();
        filled = filled.put(key, e.getValue());
        e.getValue()
            .forEachDot(
                dot -> {
                  K present = keyOf.get(0).get(dot);
                  if (present != null) {
                    throw new IllegalArgumentException(
                        "dot " + dot + " stands under two keys: " + present + " and " + key);
                  }
                  keyOf.set(0, keyOf.get(0).put(dot, key));
                });
      }
    }
    return filled.isEmpty() ? none() : new DotMap<>(filled, keyOf.get(0));
  }

  /** What collects the keys of a large map: O(dots), with little garbage. */
  public static <K, S extends DotStore> Builder<K, S> builder() {
    return new Builder<>();
  }

  /** Collects the keys of one map. Not thread-safe; of no more use after {@link #build}. */
  public static final class Builder<K, S extends DotStore> {
    private final Map<K, S> stores = new LinkedHashMap<>();

    private Builder() {}

    /** Adds a key with its store; an empty store is left out. */
    public Builder<K, S> put(K key, S store) {
      if (stores.put(key, store) != null) {
        throw new IllegalArgumentException("key " + key + " comes twice");
      }
      return this;
    }

    /**
     * The map of the keys put.
     *
     * @throws IllegalArgumentException if a key came twice, or a dot stands under two keys
     */
    public DotMap<K, S> build() {
      return DotMap.of(stores);
    }
  }

  /** The store of {@code key}; null if there is none. O(log n). */
  public @Nullable S get(K key) {
    return stores.get(key);
  }

  /** Whether a dot under {@code key} is alive. O(log n). */
  public boolean containsKey(K key) {
    return stores.containsKey(key);
  }

  /** How many keys. O(1). */
  public int keyCount() {
    return stores.size();
  }

  /** The keys with their stores, none of them empty, in no order. */
  @Override
  public Iterator<Map.Entry<K, S>> iterator() {
    return stores.iterator();
  }

  /** Calls {@code action} for each key and its store, in no order. */
  public void forEach(BiConsumer<? super K, ? super S> action) {
    stores.forEach(action);
  }

  @Override
  public int size() {
    return keyOf.size();
  }

  @Override
  public boolean contains(Dot dot) {
    return keyOf.containsKey(dot);
  }

  @Override
  public void forEachDot(Consumer<? super Dot> action) {
    keyOf.forEach((dot, key) -> action.accept(dot));
  }

  @Override
  public DotMap<K, S> empty() {
    return none();
  }

  @Override
  @SuppressWarnings("unchecked") // The shapes are equal, and apply keeps them.
  DotMap<K, S> apply(CausalContext context, DotStore delta, Collection<Dot> relevant) {
    requireSameShape(this, delta);
    DotMap<K, S> theirs = (DotMap<K, S>) delta;
    PersistentMap<K, S> joinedStores = stores;
    PersistentMap<Dot, K> joinedKeys = keyOf;
    for (Map.Entry<K, List<Dot>> e : byKey(theirs, relevant).entrySet()) {
      K key = e.getKey();
      S mine = stores.get(key);
      S their = theirs.stores.get(key);
      S start = mine != null ? mine : (S) theirs.someStore(key).empty();
      DotStore change = their != null ? their : start.empty();
      S joined = (S) start.apply(context, change, e.getValue());
      if (joined != start) {
        joinedStores = joined.isEmpty() ? joinedStores.remove(key) : joinedStores.put(key, joined);
        for (Dot dot : e.getValue()) {
          joinedKeys = joined.contains(dot) ? joinedKeys.put(dot, key) : joinedKeys.remove(dot);
        }
      }
    }
    return joinedStores == stores ? this : new DotMap<>(joinedStores, joinedKeys);
  }

  private S someStore(K key) {
    S store = stores.get(key);
    if (store == null) {
      throw new IllegalStateException("a dot is indexed under " + key + ", which has no store");
    }
    return store;
  }

  /** The dots that are under a key on either side, by key. */
  private Map<K, List<Dot>> byKey(DotMap<K, S> theirs, Collection<Dot> dots) {
    Map<K, List<Dot>> byKey = new LinkedHashMap<>();
    for (Dot dot : dots) {
      K mine = keyOf.get(dot);
      K their = theirs.keyOf.get(dot);
      if (mine != null && their != null && !mine.equals(their)) {
        throw new DotConflictException(dot, "key " + mine, "key " + their);
      }
      K key = mine != null ? mine : their;
      if (key != null) {
        byKey.computeIfAbsent(key, k -> new ArrayList<>(1)).add(dot);
      }
    }
    return byKey;
  }

  @Override
  @SuppressWarnings("unchecked") // The shapes are equal.
  void forEachDifference(
      DotStore other, Consumer<? super Dot> onlyMine, Consumer<? super Dot> onlyTheirs) {
    keyOf.forEachDifference(
        ((DotMap<K, S>) other).keyOf,
        (dot, mine, theirs) -> {
          if (theirs == null) {
            onlyMine.accept(dot);
          } else if (mine == null) {
            onlyTheirs.accept(dot);
          } else if (!mine.equals(theirs)) {
            throw new DotConflictException(dot, "key " + mine, "key " + theirs);
          }
        });
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof DotMap<?, ?> other && stores.equals(other.stores);
  }

  @Override
  public int hashCode() {
    return stores.hashCode();
  }

  /** <code>{key=store}</code>. */
  @Override
  public String toString() {
    return stores.toString();
  }
}
