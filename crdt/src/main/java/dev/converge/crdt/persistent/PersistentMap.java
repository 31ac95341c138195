package dev.converge.crdt.persistent;

import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An immutable hash map whose updates share structure with the original.
 *
 * <p>A compressed hash-array mapped prefix tree (CHAMP) in canonical form: maps with equal entries
 * have the same shape, whatever updates led to them. {@link #get}, {@link #put} and {@link #remove}
 * cost O(log<sub>32</sub> n) in time and garbage; only keys whose 32 hash bits are all equal share
 * a bucket that is searched one by one. Iteration is in no order that a caller can rely on. Null
 * keys and values are refused. Thread-safe. See Steindorfer, Vinju, <em>Optimizing Hash-Array
 * Mapped Tries for Fast and Lean Immutable JVM Collections</em> (OOPSLA 2015).
 *
 * @param <K> the keys, with {@code equals} and {@code hashCode} that never change
 * @param <V> the values
 */
public final class PersistentMap<K, V> implements Iterable<Map.Entry<K, V>> {
  private static final PersistentMap<?, ?> EMPTY = new PersistentMap<>(BitmapNode.empty(), 0);

  private final Node<K, V> root;
  private final int size;

  private PersistentMap(Node<K, V> root, int size) {
    this.root = root;
    this.size = size;
  }

  /** What {@link #forEachDifference} calls for each key that differs. */
  @FunctionalInterface
  public interface Difference<K, V> {
    /**
     * Takes one key.
     *
     * @param key the key
     * @param mine its value in the first map, null if it is not there
     * @param theirs its value in the second map, null if it is not there
     */
    void accept(K key, @Nullable V mine, @Nullable V theirs);
  }

  /** The map without entries. */
  @SuppressWarnings("unchecked") // It holds neither a key nor a value.
  public static <K, V> PersistentMap<K, V> empty() {
    return (PersistentMap<K, V>) EMPTY;
  }

  /** The map of one entry. */
  public static <K, V> PersistentMap<K, V> of(K key, V value) {
    return PersistentMap.<K, V>empty().put(key, value);
  }

  /** The entries of {@code map}; O(n). */
  public static <K, V> PersistentMap<K, V> copyOf(Map<? extends K, ? extends V> map) {
    PersistentMap<K, V> result = empty();
    for (Map.Entry<? extends K, ? extends V> e : map.entrySet()) {
      result = result.put(e.getKey(), e.getValue());
    }
    return result;
  }

  /**
   * What collects entries for a map: O(n) with little garbage, where puts one by one copy paths.
   */
  public static <K, V> Builder<K, V> builder() {
    return new Builder<>();
  }

  /** Collects the entries of one map. Not thread-safe; of no more use after {@link #build}. */
  public static final class Builder<K, V> {
    private PersistentMap<K, V> map = empty();

    private Builder() {}

    /** Adds an entry; of several with one key, the last counts. */
    public Builder<K, V> put(K key, V value) {
      map = map.put(key, value);
      return this;
    }

    /** The map of the entries put. O(n). */
    public PersistentMap<K, V> build() {
      return map;
    }
  }

  /** How many entries. */
  public int size() {
    return size;
  }

  /** Whether there are no entries. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** The value of {@code key}, null if there is none. */
  public @Nullable V get(K key) {
    return root.get(key, key.hashCode(), 0);
  }

  /** Whether there is a value for {@code key}. */
  public boolean containsKey(K key) {
    return get(key) != null;
  }

  /** The map with {@code key} at {@code value}; this map if that very value is there already. */
  public PersistentMap<K, V> put(K key, V value) {
    Objects.requireNonNull(value, "value");
    Node<K, V> changed = root.put(key, value, key.hashCode(), 0);
    if (changed == root) {
      return this;
    }
    // Looked up once more, so that nodes need not report what they did.
    return new PersistentMap<>(changed, containsKey(key) ? size : size + 1);
  }

  /** The map without {@code key}; this map if it is not there. */
  public PersistentMap<K, V> remove(K key) {
    Node<K, V> changed = root.remove(key, key.hashCode(), 0);
    if (changed == root) {
      return this;
    }
    return size == 1 ? empty() : new PersistentMap<>(changed, size - 1);
  }

  /**
   * Both maps in one; where both have a value, {@code combine} makes it of this map's and the
   * other's. Costs the puts of the differing entries of the smaller map, and looks at no part that
   * both share. {@code combine} must give equal values for equal arguments: it is not called for
   * one and the same object.
   */
  public PersistentMap<K, V> merge(PersistentMap<K, V> other, BinaryOperator<V> combine) {
    if (other.size > size) {
      return other.merge(this, (theirs, mine) -> combine.apply(mine, theirs));
    }
    Merger<K, V> merger = new Merger<>(this, combine);
    if (other.size < size / 4) {
      for (Map.Entry<K, V> e : other) {
        merger.accept(e.getKey(), get(e.getKey()), e.getValue());
      }
    } else {
      forEachDifference(other, merger);
    }
    return merger.result;
  }

  private static final class Merger<K, V> implements Difference<K, V> {
    private final BinaryOperator<V> combine;
    private PersistentMap<K, V> result;

    Merger(PersistentMap<K, V> start, BinaryOperator<V> combine) {
      this.result = start;
      this.combine = combine;
    }

    @Override
    public void accept(K key, @Nullable V mine, @Nullable V theirs) {
      if (theirs == null) {
        return;
      }
      V value = mine == null || mine == theirs ? theirs : combine.apply(mine, theirs);
      if (value != mine && !value.equals(mine)) {
        result = result.put(key, value);
      }
    }
  }

  /**
   * Calls {@code action} for each key that only one of the maps has, and for each key whose values
   * are not the same object (they may be equal). Parts that both maps share are skipped, so this
   * costs O(n) for strangers and much less for a map and its descendant. No garbage is made.
   */
  public void forEachDifference(PersistentMap<K, V> other, Difference<K, V> action) {
    if (root != other.root) {
      Differences.between(root, other.root, 0, action);
    }
  }

  /** Calls {@code action} for each entry. */
  public void forEach(BiConsumer<? super K, ? super V> action) {
    root.forEach(action);
  }

  /** The entries. The iterator does not remove. */
  @Override
  public Iterator<Map.Entry<K, V>> iterator() {
    return new NodeIterator<>(root);
  }

  /** Same entries. O(n), less what both share. */
  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof PersistentMap<?, ?> other
        && size == other.size
        && (root == other.root || root.sameAs(other.root));
  }

  /** As {@link Map#hashCode}. O(n). */
  @Override
  public int hashCode() {
    int hash = 0;
    for (Map.Entry<K, V> e : this) {
      hash += e.hashCode();
    }
    return hash;
  }

  /** {@code {key=value, ...}}, in no order that a caller can rely on. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    forEach((k, v) -> text.append(text.length() > 1 ? ", " : "").append(k).append('=').append(v));
    return text.append('}').toString();
  }
}
