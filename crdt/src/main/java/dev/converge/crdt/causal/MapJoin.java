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
import org.jspecify.annotations.Nullable;

/**
 * The join of a map with another, most often a delta, for dots that the other has seen. It asks the
 * index, which lags behind, only for a dot that this side has seen and that stands under none of
 * the delta's keys: one that a removal takes away, or that is gone already.
 */
final class MapJoin<K, S extends DotStore> {
  private final DotMap<K, S> mine;

  /** What this side has seen. */
  private final CausalContext context;

  private final DotMap<K, S> theirs;

  MapJoin(DotMap<K, S> mine, CausalContext context, DotMap<K, S> theirs) {
    this.mine = mine;
    this.context = context;
    this.theirs = theirs;
  }

  @SuppressWarnings("unchecked") // apply keeps the shape.
  DotMap<K, S> of(Dot dot) {
    // A dot that has not been seen is not here.
    boolean isNew = !context.contains(dot);
    DotMap<K, S> quick = isNew ? withNewKey(dot) : theirs.isEmpty() ? withoutOnly(dot) : null;
    if (quick != null) {
      return quick;
    }
    K key = isNew ? theirs.keyOf(dot) : keyOnEitherSide(dot);
    if (key == null) {
      return mine;
    }
    S start = startOf(key);
    S joined = (S) start.apply(context, changeOf(key, start), dot);
    if (joined == start) {
      return mine;
    }
    Change change = new Change();
    change.store(key, start, joined);
    change.dot(dot, key, start, joined, !isNew);
    return change.result();
  }

  DotMap<K, S> of(Collection<Dot> relevant) {
    DotMap<K, S> quick = replaced(relevant);
    if (quick != null) {
      return quick;
    }
    Change change = new Change();
    if (isNoneSeen(relevant)) {
      theirs.stores.forEach(change::add);
      return change.result();
    }
    K only = onlyKey(relevant);
    if (only != null) {
      change.apply(only, relevant);
    } else {
      byKey(relevant).forEach(change::apply);
    }
    return change.result();
  }

  // The three that most writes come to. Each gives null if the write is not of its kind.

  /** A key that was not there, under it {@code dot} alone, which has not been seen. */
  private @Nullable DotMap<K, S> withNewKey(Dot dot) {
    K key = theirs.size() == 1 ? theirs.stores.onlyKey() : null;
    S store = key == null ? null : theirs.stores.get(key);
    if (key == null || store == null || !store.contains(dot)) {
      return null;
    }
    PersistentMap<K, S> grown = mine.stores.putIfAbsent(key, store);
    if (grown == mine.stores) {
      return null;
    }
    DotIndex<K> index = mine.indexToChange();
    return DotMap.of(grown, index == null ? null : index.add(dot, key), mine.size() + 1);
  }

  /** The removal of a key under which {@code dot} is the only one. */
  private @Nullable DotMap<K, S> withoutOnly(Dot dot) {
    K key = mine.keyOf(dot);
    // Where there are as many dots as keys, each key has one.
    if (key == null || (mine.size() > mine.keyCount() && mine.someStore(key).size() > 1)) {
      return null;
    }
    DotIndex<K> index = mine.indexToChange();
    return DotMap.of(
        mine.stores.remove(key), index == null ? null : index.remove(dot), mine.size() - 1);
  }

  /** A dot that has not been seen in place of the only one under its key. */
  private @Nullable DotMap<K, S> replaced(Collection<Dot> relevant) {
    K key = theirs.size() == 1 && relevant.size() == 2 ? theirs.stores.onlyKey() : null;
    S present = key == null ? null : mine.stores.get(key);
    S store = key == null ? null : theirs.stores.get(key);
    // Of maps in a map the shapes further down are to be compared too.
    if (key == null
        || present == null
        || store == null
        || present.size() != 1
        || present instanceof DotMap) {
      return null;
    }
    DotStore.requireSameShape(present, store);
    Iterator<Dot> dots = relevant.iterator();
    Dot first = dots.next();
    Dot second = dots.next();
    Dot added = store.contains(first) ? first : second;
    Dot gone = added == first ? second : first;
    if (!store.contains(added) || !present.contains(gone) || context.contains(added)) {
      return null;
    }
    DotIndex<K> index = mine.indexToChange();
    return DotMap.of(
        mine.stores.put(key, store),
        index == null ? null : index.replace(gone, added, key),
        mine.size());
  }

  @SuppressWarnings("unchecked") // empty() keeps the shape.
  private S startOf(K key) {
    S present = mine.stores.get(key);
    return present != null ? present : (S) theirs.someStore(key).empty();
  }

  private DotStore changeOf(K key, S start) {
    S store = theirs.stores.get(key);
    return store != null ? store : start.empty();
  }

  /**
   * Whether this side has seen none of the dots, nor any that the other has: then the join is the
   * union, and nothing is to be looked for.
   */
  private boolean isNoneSeen(Collection<Dot> relevant) {
    for (Dot dot : relevant) {
      if (context.contains(dot)) {
        return false;
      }
    }
    boolean[] isNone = {true};
    theirs.forEachDotParts(
        (replica, sequence) -> isNone[0] = isNone[0] && !context.contains(replica, sequence));
    return isNone[0];
  }

  private @Nullable K keyOnEitherSide(Dot dot) {
    K their = theirs.keyOf(dot);
    if (!context.contains(dot) || (their != null && mine.isUnder(their, dot))) {
      return their;
    }
    // What a delta takes away stands most often under the key that it writes.
    K own =
        theirs.size() <= DotMap.FEW
            ? theirs.stores.findKey((key, store) -> mine.isUnder(key, dot))
            : null;
    own = own != null ? own : mine.keyOf(dot);
    if (own != null && their != null && !own.equals(their)) {
      throw new DotConflictException(dot, "key " + own, "key " + their);
    }
    return own != null ? own : their;
  }

  /** The key, if all of the dots are under one: no need to sort them then. */
  private @Nullable K onlyKey(Collection<Dot> dots) {
    K written = theirs.stores.onlyKey();
    K only = null;
    for (Dot dot : dots) {
      K key = written != null && !context.contains(dot) ? written : keyOnEitherSide(dot);
      if (key == null || (only != null && !only.equals(key))) {
        return null;
      }
      only = key;
    }
    return only;
  }

  /** The dots that are under a key on either side, by key. */
  private Map<K, List<Dot>> byKey(Collection<Dot> dots) {
    Map<K, List<Dot>> byKey = new LinkedHashMap<>();
    for (Dot dot : dots) {
      K key = keyOnEitherSide(dot);
      if (key != null) {
        byKey.computeIfAbsent(key, k -> new ArrayList<>(1)).add(dot);
      }
    }
    return byKey;
  }

  /** What the changes come to. */
  private final class Change {
    private PersistentMap<K, S> stores = mine.stores;
    private @Nullable DotIndex<K> index = mine.indexToChange();
    private int size = mine.size();

    @SuppressWarnings("unchecked") // apply keeps the shape.
    void apply(K key, Collection<Dot> dots) {
      S start = startOf(key);
      S joined = (S) start.apply(context, changeOf(key, start), dots);
      if (joined != start) {
        store(key, start, joined);
        for (Dot dot : dots) {
          dot(dot, key, start, joined, context.contains(dot));
        }
        settle();
      }
    }

    /** A store of which no dot has been seen. */
    @SuppressWarnings("unchecked") // apply keeps the shape.
    void add(K key, S store) {
      PersistentMap<K, S> grown = stores.putIfAbsent(key, store);
      K present = key;
      if (grown != stores) {
        stores = grown;
        size += store.size();
      } else {
        S start = mine.someStore(key);
        List<Dot> dots = new ArrayList<>(store.size());
        store.forEachDot(dots::add);
        store(key, start, (S) start.apply(context, store, dots));
        K held = stores.presentKey(key);
        present = held != null ? held : key;
      }
      if (index != null) {
        K holder = present;
        store.forEachDot(dot -> index = index == null ? null : index.add(dot, holder));
        settle();
      }
    }

    private void settle() {
      if (index != null && index.lag() >= DotMap.mostLag(size)) {
        index = index.settled(stores);
      }
    }

    void store(K key, S was, S joined) {
      stores = joined.isEmpty() ? stores.remove(key) : stores.put(key, joined);
      size += joined.size() - was.size();
    }

    /** The store of {@code key} has changed, for {@code dot} perhaps. */
    void dot(Dot dot, K key, S was, S joined, boolean isSeen) {
      if (index == null) {
        return;
      }
      // What is new is looked up in the delta, which is smaller.
      boolean alive = isSeen ? joined.contains(dot) : changeOf(key, was).contains(dot);
      if (alive != (isSeen && was.contains(dot))) {
        K present = alive ? stores.presentKey(key) : null;
        index = present != null ? index.add(dot, present) : index.remove(dot);
      }
    }

    DotMap<K, S> result() {
      return stores == mine.stores ? mine : DotMap.of(stores, index, size);
    }
  }
}
