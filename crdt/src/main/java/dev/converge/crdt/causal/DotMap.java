package dev.converge.crdt.causal;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.crdt.persistent.PersistentMap;
import java.util.Collection;
import java.util.Iterator;
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
 * leads to it without a search: that is what makes the merge of a delta O(delta · log n). This
 * index lags behind by up to {@value #MOST_LAG} changes, so that most writes need not touch it: who
 * needs it brings it up to date, and the map keeps that. So O(log n) for one write holds over the
 * writes of a history; a single one costs at most {@value #MOST_LAG} times as much. A map of few
 * dots, as most deltas are, has no index: its stores are soon looked through.
 *
 * <pre>{@code
 * DotMap<String, DotSet> elements = DotMap.of("milk", DotSet.of(Dot.of(phone, 1)));
 * boolean in = elements.containsKey("milk");              // true
 * }</pre>
 *
 * @param <K> the keys, with {@code equals} and {@code hashCode} that never change
 * @param <S> the stores
 */
public final class DotMap<K, S extends DotStore> extends DotStore
    implements Iterable<Map.Entry<K, S>> {
  /** The most dots that are looked through without an index. */
  static final int FEW = 4;

  /** The most changes by which the index lags behind; less in small maps, for the memory. */
  static final int MOST_LAG = 128;

  private static final DotMap<?, ?> EMPTY = new DotMap<>(PersistentMap.empty(), null, 0);

  /** No store is empty. */
  final PersistentMap<K, S> stores;

  /**
   * For each dot in {@link #stores}, its key; null if and only if there are {@link #FEW} dots.
   * Replaced by the same without a lag; threads that race for it do the same work twice.
   */
  private @Nullable DotIndex<K> index;

  /** How many dots. */
  private final int size;

  DotMap(PersistentMap<K, S> stores, @Nullable DotIndex<K> index, int size) {
    this.stores = stores;
    this.index = index;
    this.size = size;
  }

  /** No keys. */
  @SuppressWarnings("unchecked") // It holds neither a key nor a store.
  public static <K, S extends DotStore> DotMap<K, S> none() {
    return (DotMap<K, S>) EMPTY;
  }

  /** One key; none if {@code store} is empty. O(dots of the store). */
  public static <K, S extends DotStore> DotMap<K, S> of(K key, S store) {
    int size = store.size();
    if (size > FEW) {
      return DotMap.<K, S>builder().put(key, store).build();
    }
    return size == 0 ? none() : new DotMap<>(PersistentMap.of(key, store), null, size);
  }

  /**
   * These keys; those with an empty store are left out. O(dots).
   *
   * @throws IllegalArgumentException if a dot stands under two keys
   */
  public static <K, S extends DotStore> DotMap<K, S> of(Map<K, S> stores) {
    Builder<K, S> builder = builder();
    stores.forEach(builder::put);
    return builder.build();
  }

  /**
   * These keys, each with the store at its place. O(dots), with the least garbage where each store
   * has one dot and they are in order.
   *
   * @param keys none of them twice
   * @param stores as many, none of them empty
   * @throws IllegalArgumentException if a key comes twice, a dot stands under two keys, a store is
   *     empty, or the lists differ in length
   */
  public static <K, S extends DotStore> DotMap<K, S> ofLists(List<K> keys, List<S> stores) {
    int count = keys.size();
    if (stores.size() != count) {
      throw new IllegalArgumentException(count + " keys and " + stores.size() + " stores");
    }
    DotIndex<K> index = OneDotEach.index(keys, stores);
    if (count <= FEW || index == null) {
      Builder<K, S> builder = builder();
      for (int i = 0; i < count; i++) {
        if (stores.get(i).isEmpty()) {
          throw new IllegalArgumentException("the store of " + keys.get(i) + " is empty");
        }
        builder.put(keys.get(i), stores.get(i));
      }
      return builder.build();
    }
    PersistentMap<K, S> built = PersistentMap.ofLists(keys, stores);
    if (built.size() != count) {
      throw new IllegalArgumentException("a key comes twice");
    }
    return new DotMap<>(built, index, count);
  }

  /** What collects the keys of a large map: O(dots), with little garbage. */
  public static <K, S extends DotStore> Builder<K, S> builder() {
    return new Builder<>();
  }

  /** Collects the keys of one map. Not thread-safe; of no more use after {@link #build}. */
  public static final class Builder<K, S extends DotStore> {
    private final PersistentMap.Builder<K, S> stores = PersistentMap.builder();
    private final DotIndexBuilder<K> index = new DotIndexBuilder<>();
    private int keys;
    private int dots;

    private Builder() {}

    /** Adds a key with its store; an empty store is left out. */
    public Builder<K, S> put(K key, S store) {
      int size = store.size();
      if (size > 0) {
        stores.put(key, store);
        store.forEachDot(dot -> index.add(dot.replica(), dot.sequence(), key));
        keys++;
        dots = Math.addExact(dots, size);
      }
      return this;
    }

    /**
     * The map of the keys put. O(dots).
     *
     * @throws IllegalArgumentException if a key came twice, or a dot stands under two keys
     * @throws IllegalStateException if it was built before
     */
    public DotMap<K, S> build() {
      PersistentMap<K, S> built = stores.build();
      if (built.size() != keys) {
        throw new IllegalArgumentException("a key comes twice");
      }
      // Also of few dots it is built: it finds a dot that stands under two keys.
      DotIndex<K> dotIndex = index.build();
      return dots == 0 ? none() : new DotMap<>(built, dots > FEW ? dotIndex : null, dots);
    }
  }

  /** The store of {@code key}; null if there is none. O(log n). */
  public @Nullable S get(K key) {
    return stores.get(key);
  }

  /** The key under which {@code dot} is alive; null if it is not. O(log n). */
  public @Nullable K keyOf(Dot dot) {
    DotIndex<K> present = index;
    if (present == null) {
      K only = stores.onlyKey();
      if (only != null) {
        return isUnder(only, dot) ? only : null;
      }
      return stores.findKey((key, store) -> store.contains(dot));
    }
    K key = present.inTrees(dot);
    if (present.lag() == 0) {
      return key;
    }
    return key != null && isUnder(key, dot) ? key : index().inTrees(dot);
  }

  /** Whether {@code dot} is alive under {@code key}. */
  boolean isUnder(K key, Dot dot) {
    S store = stores.get(key);
    return store != null && store.contains(dot);
  }

  /** The index without a lag. */
  private DotIndex<K> index() {
    DotIndex<K> present = index;
    if (present == null) {
      return indexOf(stores);
    }
    if (present.lag() > 0) {
      present = present.settled(stores);
      index = present;
    }
    return present;
  }

  private static <K> DotIndex<K> indexOf(PersistentMap<K, ? extends DotStore> stores) {
    DotIndexBuilder<K> builder = new DotIndexBuilder<>();
    stores.forEach(
        (key, store) -> store.forEachDot(dot -> builder.add(dot.replica(), dot.sequence(), key)));
    return builder.build();
  }

  /** The index with room for one more change; null if there is none. */
  @Nullable DotIndex<K> indexToChange() {
    return index != null && index.lag() >= mostLag(size) ? index() : index;
  }

  static int mostLag(int size) {
    return Math.min(MOST_LAG, 16 + size / 512);
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

  /**
   * Calls {@code action} for each key whose store is not the same object on both sides (it may be
   * equal, where the maps came to be apart). Parts that both share are skipped, so of a map and its
   * descendant this costs what they differ in.
   */
  public void forEachChangedKey(DotMap<K, S> other, Consumer<? super K> action) {
    stores.forEachDifference(other.stores, (key, mine, theirs) -> action.accept(key));
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public boolean contains(Dot dot) {
    return keyOf(dot) != null;
  }

  @Override
  public void forEachDot(Consumer<? super Dot> action) {
    if (index != null) {
      index().forEach((replica, sequence) -> action.accept(new Dot(replica, sequence)));
    } else {
      stores.forEach((key, store) -> store.forEachDot(action));
    }
  }

  @Override
  public void forEachDotParts(DotParts action) {
    if (index != null) {
      index().forEach(action::accept);
    } else {
      stores.forEach((key, store) -> store.forEachDotParts(action));
    }
  }

  @Override
  boolean isSurelyWithin(VersionVector vector) {
    return index != null && index().isWithin(vector);
  }

  @Override
  public DotMap<K, S> empty() {
    return none();
  }

  @Override
  Class<?> shape() {
    return DotMap.class;
  }

  /** A map of these parts; {@code index} may be null if it is to have none, or none is there. */
  static <K, S extends DotStore> DotMap<K, S> of(
      PersistentMap<K, S> stores, @Nullable DotIndex<K> index, int size) {
    if (size > FEW) {
      return new DotMap<>(stores, index != null ? index : indexOf(stores), size);
    }
    return size == 0 ? none() : new DotMap<>(stores, null, size);
  }

  /**
   * With other stores under {@code key}.
   *
   * @param key the very object by which they hold it, if something is there and nothing was
   * @param added the dot that is new there, null if there is none
   * @param gone the dots that are gone from there
   */
  DotMap<K, S> with(PersistentMap<K, S> changed, K key, @Nullable Dot added, List<Dot> gone) {
    DotIndex<K> changedIndex = indexToChange();
    int gones = gone.size();
    if (changedIndex != null) {
      for (int i = added == null ? 0 : 1; i < gones; i++) {
        changedIndex = changedIndex.remove(gone.get(i));
      }
      if (added != null) {
        changedIndex =
            gones == 0
                ? changedIndex.add(added, key)
                : changedIndex.replace(gone.get(0), added, key);
      }
    }
    return of(changed, changedIndex, size + (added == null ? 0 : 1) - gones);
  }

  @Override
  @SuppressWarnings("unchecked") // The shapes are equal, and the join keeps them.
  DotMap<K, S> apply(CausalContext context, DotStore delta, Dot dot) {
    requireSameShape(this, delta);
    return new MapJoin<>(this, context, (DotMap<K, S>) delta).of(dot);
  }

  @Override
  @SuppressWarnings("unchecked") // The shapes are equal, and the join keeps them.
  DotMap<K, S> apply(CausalContext context, DotStore delta, Collection<Dot> relevant) {
    requireSameShape(this, delta);
    return new MapJoin<>(this, context, (DotMap<K, S>) delta).of(relevant);
  }

  S someStore(K key) {
    S store = stores.get(key);
    if (store == null) {
      throw new IllegalStateException("a dot is indexed under " + key + ", which has no store");
    }
    return store;
  }

  @Override
  @SuppressWarnings("unchecked") // The shapes are equal.
  void forEachDifference(
      DotStore other, Consumer<? super Dot> onlyMine, Consumer<? super Dot> onlyTheirs) {
    index()
        .forEachDifference(
            ((DotMap<K, S>) other).index(),
            (replica, sequence, mine, theirs) -> {
              if (theirs == null) {
                onlyMine.accept(new Dot(replica, sequence));
              } else if (mine == null) {
                onlyTheirs.accept(new Dot(replica, sequence));
              } else if (mine.hashCode() != theirs.hashCode()) {
                // Equality would fetch what both keys hold, which takes longer than all else here.
                throw conflict(replica, sequence, mine, theirs);
              }
            });
  }

  private static DotConflictException conflict(
      ReplicaId replica, long sequence, Object mine, Object theirs) {
    return new DotConflictException(new Dot(replica, sequence), "key " + mine, "key " + theirs);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof DotMap<?, ?> other && size == other.size && stores.equals(other.stores);
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
