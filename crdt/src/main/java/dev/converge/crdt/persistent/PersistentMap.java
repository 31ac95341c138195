package dev.converge.crdt.persistent;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An immutable hash map whose updates share structure with the original.
 *
 * <p>A compressed hash-array mapped prefix tree (CHAMP) whose leaves are buckets of up to eight
 * entries, in canonical form: maps with equal entries have the same shape, whatever updates led to
 * them. {@link #get}, {@link #put} and {@link #remove} cost O(log<sub>32</sub> n) in time and
 * garbage; only keys whose 32 hash bits are all equal share a larger bucket that is searched one by
 * one. An entry takes 14 to 17 bytes beside key and value. Iteration is in no order that a caller
 * can rely on. Null keys and values are refused. Thread-safe. See Steindorfer, Vinju,
 * <em>Optimizing Hash-Array Mapped Tries for Fast and Lean Immutable JVM Collections</em> (OOPSLA
 * 2015).
 *
 * <pre>{@code
 * PersistentMap<String, Integer> one = PersistentMap.of("a", 1);
 * PersistentMap<String, Integer> two = one.put("b", 2);
 * int size = one.size();                                  // 1: as it was
 * }</pre>
 *
 * @param <K> the keys, with {@code equals} and {@code hashCode} that never change
 * @param <V> the values
 */
public final class PersistentMap<K, V> implements Iterable<Map.Entry<K, V>> {
  private static final int WIDTH = 2;
  private static final PersistentMap<?, ?> EMPTY = new PersistentMap<>(Trie.EMPTY);

  /** See {@link Trie}. */
  private final Object root;

  private PersistentMap(Object root) {
    this.root = root;
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
    Object[] entry = {Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value")};
    return new PersistentMap<>(entry);
  }

  /** The entries of {@code map}; O(n). */
  public static <K, V> PersistentMap<K, V> copyOf(Map<? extends K, ? extends V> map) {
    Builder<K, V> builder = builder();
    map.forEach(builder::put);
    return builder.build();
  }

  /**
   * The entries of two lists: each key with the value at its place. O(n), with little garbage.
   *
   * @param keys of several that are equal, the last counts
   * @param values as many
   */
  public static <K, V> PersistentMap<K, V> ofLists(List<K> keys, List<V> values) {
    if (keys.size() != values.size()) {
      throw new IllegalArgumentException(keys.size() + " keys and " + values.size() + " values");
    }
    return keys.isEmpty()
        ? empty()
        : new PersistentMap<>(new BulkBuild(WIDTH, Entries.ofLists(keys, values)).build(0));
  }

  /**
   * What collects entries for a map: O(n) with little garbage, where puts one by one copy paths.
   */
  public static <K, V> Builder<K, V> builder() {
    return new Builder<>();
  }

  /** Collects the entries of one map. Not thread-safe; of no more use after {@link #build}. */
  public static final class Builder<K, V> {
    private final EntryList entries = new EntryList(WIDTH);

    private Builder() {}

    /** Adds an entry; of several with one key, the last counts. */
    public Builder<K, V> put(K key, V value) {
      entries.add(Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value"));
      return this;
    }

    /**
     * The map of the entries put. O(n).
     *
     * @throws IllegalStateException if it was built before
     */
    public PersistentMap<K, V> build() {
      Object root = entries.build();
      return root == Trie.EMPTY ? empty() : new PersistentMap<>(root);
    }
  }

  private PersistentMap<K, V> with(Object changed) {
    return changed == root ? this : new PersistentMap<>(changed);
  }

  /** How many entries. O(1). */
  public int size() {
    return Trie.size(root, WIDTH);
  }

  /** Whether there are no entries. */
  public boolean isEmpty() {
    return root == Trie.EMPTY;
  }

  /** The value of {@code key}, null if there is none. */
  @SuppressWarnings("unchecked") // All values are V.
  public @Nullable V get(K key) {
    return (V) Trie.get(root, WIDTH, key);
  }

  /** Whether there is a value for {@code key}. */
  public boolean containsKey(K key) {
    return Trie.get(root, WIDTH, key) != null;
  }

  /** The very object that is the key here and equals {@code key}; null if there is none. */
  @SuppressWarnings("unchecked") // All keys are K.
  public @Nullable K presentKey(K key) {
    return (K) Trie.presentKey(root, WIDTH, key);
  }

  /** The key if there is just one, else null. O(1). */
  @SuppressWarnings("unchecked") // All keys are K.
  public @Nullable K onlyKey() {
    return root instanceof Object[] bucket && bucket.length == WIDTH ? (K) bucket[0] : null;
  }

  /** A key whose entry satisfies {@code condition}, null if there is none. O(n). */
  @SuppressWarnings("unchecked") // All keys are K, all values V.
  public @Nullable K findKey(BiPredicate<? super K, ? super V> condition) {
    return (K) Trie.findKey(root, WIDTH, (BiPredicate<Object, Object>) condition);
  }

  /** The map with {@code key} at {@code value}; this map if that very value is there already. */
  public PersistentMap<K, V> put(K key, V value) {
    Objects.requireNonNull(key, "key");
    return with(Trie.put(root, WIDTH, key, Objects.requireNonNull(value, "value")));
  }

  /** What a put has replaced. Not thread-safe; for one put. */
  public static final class Previous<V> {
    /** For a put that replaces nothing. */
    static final Previous<Object> KEPT = new Previous<>();

    private @Nullable V value;

    /** For one put. */
    public Previous() {}

    /** The value that was there; null if none was. */
    public @Nullable V value() {
      return value;
    }

    /** Whether {@code was}, which is there, stays. */
    @SuppressWarnings("unchecked") // All values are V.
    boolean keeps(Object was) {
      if (this == KEPT) {
        return true;
      }
      value = (V) was;
      return false;
    }
  }

  /** As the other; what was there is found in {@code previous}, without another walk. */
  public PersistentMap<K, V> put(K key, V value, Previous<V> previous) {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(value, "value");
    return with(Trie.put(root, WIDTH, key, value, previous));
  }

  /**
   * The map with {@code key} at {@code value}; this map if the key is there, whatever its value.
   */
  public PersistentMap<K, V> putIfAbsent(K key, V value) {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(value, "value");
    return with(Trie.put(root, WIDTH, key, value, Previous.KEPT));
  }

  /** The map without {@code key}; this map if it is not there. */
  public PersistentMap<K, V> remove(K key) {
    Object changed = Trie.remove(root, WIDTH, key, Trie.hash(key), 0);
    return changed == Trie.EMPTY ? empty() : with(changed);
  }

  /**
   * Both maps in one; where both have a value, {@code combine} makes it of this map's and the
   * other's. Looks at no part that both share; costs O(n) for strangers, O(d · log n) for maps that
   * differ in d entries and share the rest, and for a small map and a large one. What is equal to
   * this map, or else to the other, is that very map. {@code combine} must give equal values for
   * equal arguments: it is not called for one and the same object.
   */
  @SuppressWarnings("unchecked") // All values are V.
  public PersistentMap<K, V> merge(PersistentMap<K, V> other, BinaryOperator<V> combine) {
    if (other.isEmpty()) {
      return this;
    }
    Object merged =
        new Union(WIDTH, (mine, theirs) -> combine.apply((V) mine, (V) theirs))
            .of(root, other.root, 0);
    return merged == other.root ? other : with(merged);
  }

  /**
   * Calls {@code action} for each key that only one of the maps has, and for each key whose values
   * are not the same object (they may be equal). Parts that both maps share are skipped, so this
   * costs O(n) for strangers and much less for a map and its descendant.
   */
  @SuppressWarnings("unchecked") // All keys are K, all values V.
  public void forEachDifference(PersistentMap<K, V> other, Difference<K, V> action) {
    new Differences(WIDTH, (Difference<Object, Object>) action).between(root, other.root, 0);
  }

  /** Calls {@code action} for each entry. */
  @SuppressWarnings("unchecked") // All keys are K, all values V.
  public void forEach(BiConsumer<? super K, ? super V> action) {
    Trie.forEach(root, WIDTH, (BiConsumer<Object, Object>) action);
  }

  /** The entries. The iterator does not remove. */
  @Override
  public Iterator<Map.Entry<K, V>> iterator() {
    return new TrieIterator<>(root, WIDTH) {
      @Override
      @SuppressWarnings("unchecked") // All keys are K, all values V.
      Map.Entry<K, V> item(Object key, Object value) {
        return Map.entry((K) key, (V) value);
      }
    };
  }

  /** Same entries. O(n), less what both share. */
  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof PersistentMap<?, ?> other && Trie.equal(root, other.root, WIDTH);
  }

  /** As {@link Map#hashCode}. O(n). */
  @Override
  public int hashCode() {
    int[] hash = {0};
    forEach((key, value) -> hash[0] += key.hashCode() ^ value.hashCode());
    return hash[0];
  }

  /** {@code {key=value, ...}}, in no order that a caller can rely on. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    forEach((k, v) -> text.append(text.length() > 1 ? ", " : "").append(k).append('=').append(v));
    return text.append('}').toString();
  }
}
