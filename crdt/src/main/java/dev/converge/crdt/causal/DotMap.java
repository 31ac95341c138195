package dev.converge.crdt.causal;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
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
 * leads to it without a search: that is what makes the merge of a delta O(delta · log n). A map of
 * few dots, as most deltas are, does without: its stores are soon looked through.
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
  private static final int FEW = 4;

  private static final DotMap<?, ?> EMPTY = new DotMap<>(PersistentMap.empty(), null, 0);

  /** No store is empty. */
  private final PersistentMap<K, S> stores;

  /** For each dot in {@link #stores}, its key; null if and only if there are {@link #FEW} dots. */
  private final @Nullable DotIndex<K> index;

  /** How many dots. */
  private final int size;

  private DotMap(PersistentMap<K, S> stores, @Nullable DotIndex<K> index, int size) {
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

  /** What collects the keys of a large map: O(dots), with little garbage. */
  public static <K, S extends DotStore> Builder<K, S> builder() {
    return new Builder<>();
  }

  /** Collects the keys of one map. Not thread-safe; of no more use after {@link #build}. */
  public static final class Builder<K, S extends DotStore> {
    private final PersistentMap.Builder<K, S> stores = PersistentMap.builder();
    private final DotIndex.Builder<K> index = new DotIndex.Builder<>();
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
    if (index != null) {
      return index.get(dot);
    }
    K only = stores.onlyKey();
    if (only != null) {
      return someStore(only).contains(dot) ? only : null;
    }
    return stores.findKey((key, store) -> store.contains(dot));
  }

  private DotIndex<K> index() {
    if (index != null) {
      return index;
    }
    List<DotIndex<K>> result = new ArrayList<>(List.of(DotIndex.empty()));
    stores.forEach(
        (key, store) -> store.forEachDot(dot -> result.set(0, result.get(0).put(dot, key))));
    return result.get(0);
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
      index.forEachDot(action);
    } else {
      stores.forEach((key, store) -> store.forEachDot(action));
    }
  }

  @Override
  boolean isSurelyWithin(VersionVector vector) {
    return index != null && index.isWithin(vector);
  }

  @Override
  public DotMap<K, S> empty() {
    return none();
  }

  @Override
  Class<?> shape() {
    return DotMap.class;
  }

  /** What the changes of one merge come to. */
  private static final class Change<K, S extends DotStore> {
    private final DotMap<K, S> before;
    private PersistentMap<K, S> stores;
    private @Nullable DotIndex<K> index;
    private int size;

    Change(DotMap<K, S> before) {
      this.before = before;
      this.stores = before.stores;
      this.index = before.index;
      this.size = before.size;
    }

    @SuppressWarnings("unchecked") // apply keeps the shape.
    void apply(DotMap<K, S> theirs, CausalContext context, K key, Collection<Dot> dots) {
      S start = before.startOf(theirs, key);
      S joined = (S) start.apply(context, before.changeOf(theirs, key, start), dots);
      if (joined != start) {
        store(key, start, joined);
        for (Dot dot : dots) {
          dot(dot, key, joined);
        }
      }
    }

    void store(K key, S was, S joined) {
      stores = joined.isEmpty() ? stores.remove(key) : stores.put(key, joined);
      size += joined.size() - was.size();
    }

    /** The store of {@code key} has changed, for {@code dot} perhaps. */
    void dot(Dot dot, K key, S joined) {
      if (index != null) {
        index = joined.contains(dot) ? index.put(dot, key) : index.remove(dot);
      }
    }

    DotMap<K, S> result() {
      return stores == before.stores ? before : of(stores, index, size);
    }
  }

  private static <K, S extends DotStore> DotMap<K, S> of(
      PersistentMap<K, S> stores, @Nullable DotIndex<K> index, int size) {
    if (size > FEW) {
      DotMap<K, S> result = new DotMap<>(stores, index, size);
      return index != null ? result : new DotMap<>(stores, result.index(), size);
    }
    return size == 0 ? none() : new DotMap<>(stores, null, size);
  }

  @Override
  @SuppressWarnings("unchecked") // The shapes are equal, and apply keeps them.
  DotMap<K, S> apply(CausalContext context, DotStore delta, Dot dot) {
    requireSameShape(this, delta);
    DotMap<K, S> theirs = (DotMap<K, S>) delta;
    // A dot that has not been seen is not here.
    boolean isNew = !context.contains(dot);
    DotMap<K, S> quick =
        isNew ? withNewKey(theirs, dot) : theirs.size == 0 ? withoutOnly(dot) : null;
    if (quick != null) {
      return quick;
    }
    K key = isNew ? theirs.keyOf(dot) : keyOnEitherSide(theirs, dot);
    if (key == null) {
      return this;
    }
    S start = startOf(theirs, key);
    S joined = (S) start.apply(context, changeOf(theirs, key, start), dot);
    if (joined == start) {
      return this;
    }
    Change<K, S> change = new Change<>(this);
    change.store(key, start, joined);
    change.dot(dot, key, joined);
    return change.result();
  }

  @Override
  @SuppressWarnings("unchecked") // The shapes are equal, and apply keeps them.
  DotMap<K, S> apply(CausalContext context, DotStore delta, Collection<Dot> relevant) {
    requireSameShape(this, delta);
    DotMap<K, S> theirs = (DotMap<K, S>) delta;
    DotMap<K, S> quick = replaced(theirs, context, relevant);
    if (quick != null) {
      return quick;
    }
    Change<K, S> change = new Change<>(this);
    K only = onlyKey(theirs, relevant);
    if (only != null) {
      change.apply(theirs, context, only, relevant);
      return change.result();
    }
    byKey(theirs, relevant).forEach((key, dots) -> change.apply(theirs, context, key, dots));
    return change.result();
  }

  // The three that most writes come to. Each gives null if the write is not of its kind.

  /** A key that was not there, under it {@code dot} alone, which has not been seen. */
  private @Nullable DotMap<K, S> withNewKey(DotMap<K, S> theirs, Dot dot) {
    K key = theirs.size == 1 ? theirs.stores.onlyKey() : null;
    S store = key == null ? null : theirs.stores.get(key);
    if (key == null || store == null || !store.contains(dot)) {
      return null;
    }
    PersistentMap<K, S> grown = stores.putIfAbsent(key, store);
    return grown == stores ? null : of(grown, index == null ? null : index.add(dot, key), size + 1);
  }

  /** The removal of a key under which {@code dot} is the only one. */
  private @Nullable DotMap<K, S> withoutOnly(Dot dot) {
    K key = keyOf(dot);
    // Where there are as many dots as keys, each key has one.
    return key == null || (size > stores.size() && someStore(key).size() > 1)
        ? null
        : of(stores.remove(key), index == null ? null : index.remove(dot), size - 1);
  }

  /** A dot that has not been seen in place of the only one under its key. */
  private @Nullable DotMap<K, S> replaced(
      DotMap<K, S> theirs, CausalContext context, Collection<Dot> relevant) {
    K key = theirs.size == 1 && relevant.size() == 2 ? theirs.stores.onlyKey() : null;
    S mine = key == null ? null : stores.get(key);
    S their = key == null ? null : theirs.stores.get(key);
    // Of maps in a map the shapes further down are to be compared too.
    if (key == null
        || mine == null
        || their == null
        || mine.size() != 1
        || mine instanceof DotMap) {
      return null;
    }
    requireSameShape(mine, their);
    Iterator<Dot> dots = relevant.iterator();
    Dot first = dots.next();
    Dot second = dots.next();
    Dot added = their.contains(first) ? first : second;
    Dot gone = added == first ? second : first;
    if (!their.contains(added) || !mine.contains(gone) || context.contains(added)) {
      return null;
    }
    PersistentMap<K, S> changed = stores.put(key, their);
    if (index == null) {
      return new DotMap<>(changed, null, size);
    }
    // The index keeps the key object that the stores have.
    K present = index.get(gone);
    return new DotMap<>(
        changed, index.remove(gone).add(added, present == null ? key : present), size);
  }

  @SuppressWarnings("unchecked") // empty() keeps the shape.
  private S startOf(DotMap<K, S> theirs, K key) {
    S mine = stores.get(key);
    return mine != null ? mine : (S) theirs.someStore(key).empty();
  }

  private DotStore changeOf(DotMap<K, S> theirs, K key, S start) {
    S their = theirs.stores.get(key);
    return their != null ? their : start.empty();
  }

  private S someStore(K key) {
    S store = stores.get(key);
    if (store == null) {
      throw new IllegalStateException("a dot is indexed under " + key + ", which has no store");
    }
    return store;
  }

  private @Nullable K keyOnEitherSide(DotMap<K, S> theirs, Dot dot) {
    K mine = keyOf(dot);
    K their = theirs.keyOf(dot);
    if (mine != null && their != null && !mine.equals(their)) {
      throw new DotConflictException(dot, "key " + mine, "key " + their);
    }
    return mine != null ? mine : their;
  }

  /** The key, if all of the dots are under one: no need to sort them then. */
  private @Nullable K onlyKey(DotMap<K, S> theirs, Collection<Dot> dots) {
    K only = null;
    for (Dot dot : dots) {
      K key = keyOnEitherSide(theirs, dot);
      if (key == null || (only != null && !only.equals(key))) {
        return null;
      }
      only = key;
    }
    return only;
  }

  /** The dots that are under a key on either side, by key. */
  private Map<K, List<Dot>> byKey(DotMap<K, S> theirs, Collection<Dot> dots) {
    Map<K, List<Dot>> byKey = new LinkedHashMap<>();
    for (Dot dot : dots) {
      K key = keyOnEitherSide(theirs, dot);
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
