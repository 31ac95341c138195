package dev.converge.crdt;

import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.CausalCrdt;
import dev.converge.crdt.causal.CausalType;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotStore;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A map of replicated values, which can be nested to any depth.
 *
 * <p>A key is there as long as something under it is. Removing a key takes away all writes under it
 * that have been seen here; an update that is concurrent with the removal survives it. A removed
 * key leaves no tombstone and can be used again; what was written before the removal and arrives
 * late stays removed. All of it is under one causal context, the map's.
 *
 * <pre>{@code
 * ORMap<String, ORSet<String>> carts = ORMap.empty(ORSet.type());
 * carts = carts.merge(carts.update("cart-17", cart -> cart.add(replica, "milk")));
 * carts = carts.merge(carts.remove("cart-17"));
 * }</pre>
 *
 * <p>A map whose values are of different types is an {@code ORMap<K, Variant>}; see {@link
 * Variant}.
 *
 * <p>Immutable and thread-safe. Mutators return deltas. See Almeida, Shoker, Baquero, <em>Delta
 * State Replicated Data Types</em> (2018), section 7.
 *
 * @param <K> the keys: immutable, with {@code equals} and {@code hashCode}
 * @param <V> the values
 */
public final class ORMap<K, V extends CausalCrdt<V>>
    extends CausalValue<ORMap<K, V>, DotMap<K, DotStore>> implements Iterable<Map.Entry<K, V>> {
  private final CausalType<V> valueType;

  private ORMap(CausalType<V> valueType, Causal<DotMap<K, DotStore>> causal) {
    super(causal);
    this.valueType = valueType;
  }

  /** The map to which nothing has happened, for values of one type. */
  public static <K, V extends CausalCrdt<V>> ORMap<K, V> empty(CausalType<V> valueType) {
    return ORMap.<K, V>type(valueType).empty();
  }

  /** The type of maps in a map, and what restores one from its parts. */
  public static <K, V extends CausalCrdt<V>> CausalType<ORMap<K, V>> type(CausalType<V> valueType) {
    return CausalType.of(
        "ormap",
        DotMap.<K, DotStore>none(),
        causal -> new ORMap<>(valueType, causal),
        store -> store.forEach((key, nested) -> valueType.check(nested)));
  }

  @Override
  ORMap<K, V> with(Causal<DotMap<K, DotStore>> state) {
    return new ORMap<>(valueType, state);
  }

  /** The value of {@code key}; empty if the key is not there. O(log n). */
  public Optional<V> get(K key) {
    return containsKey(key) ? Optional.of(valueOf(key)) : Optional.empty();
  }

  private V valueOf(K key) {
    return valueType.at(causal, key);
  }

  /**
   * The delta that changes the value of {@code key}; costs what {@code mutation} costs, and O(log
   * n).
   *
   * @param mutation given the value, or the empty one if the key is not there, returns the delta of
   *     the change. Several changes are one delta after the other, each made from the value with
   *     the deltas before merged: {@code v -> { var d = v.add(r, 1); return
   *     d.merge(v.merge(d).add(r, 2)); }}
   */
  public ORMap<K, V> update(K key, UnaryOperator<V> mutation) {
    V delta = mutation.apply(valueOf(key));
    return with(Causal.nested(causal, key, delta.causal()));
  }

  /**
   * The delta that removes {@code key}: it takes away all that is seen under it here. Of a key that
   * is not here, an empty delta. O(size of the value · log n).
   */
  public ORMap<K, V> remove(K key) {
    return with(Causal.remove(causal, key));
  }

  /** Whether there is something under {@code key}. O(log n). */
  public boolean containsKey(K key) {
    return store().containsKey(key);
  }

  /** How many keys. O(1). */
  public int size() {
    return store().keyCount();
  }

  /** Whether there are no keys. O(1). */
  public boolean isEmpty() {
    return store().isEmpty();
  }

  /** The keys, unmodifiable and in no order that a caller can rely on. O(1). */
  public Set<K> keys() {
    return Views.keys(store(), size(), store()::containsKey);
  }

  /** The keys with their values, in no order. O(n) to go through. */
  public Stream<Map.Entry<K, V>> stream() {
    return StreamSupport.stream(store().spliterator(), false)
        .map(e -> Map.entry(e.getKey(), valueOf(e.getKey())));
  }

  /** The keys with their values, in no order. */
  @Override
  public Iterator<Map.Entry<K, V>> iterator() {
    return stream().iterator();
  }

  /** Calls {@code action} for each key and its value. O(n). */
  public void forEach(BiConsumer<? super K, ? super V> action) {
    for (Map.Entry<K, DotStore> e : store()) {
      action.accept(e.getKey(), valueOf(e.getKey()));
    }
  }

  /**
   * Calls {@code action} for each key whose value may differ between this map and {@code other}:
   * that is added, removed or changed. Parts that both share are skipped, so of a map and its
   * descendant this costs O(changes · log n), and keys of equal values are told only where the maps
   * came to be apart.
   */
  public void forEachChangedKey(ORMap<K, V> other, Consumer<? super K> action) {
    store().forEachChangedKey(other.store(), action);
  }

  /** The type of the values. */
  public CausalType<V> valueType() {
    return valueType;
  }

  /** {@code {key=value}}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    forEach((k, v) -> text.append(text.length() > 1 ? ", " : "").append(k).append('=').append(v));
    return text.append('}').toString();
  }
}
