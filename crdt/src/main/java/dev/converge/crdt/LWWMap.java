package dev.converge.crdt;

import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.CausalType;
import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A map of plain values: under each key, the write shows that is last by (hybrid time, replica id).
 *
 * <p>Removing a key takes away the writes that are seen here. A write that is concurrent with the
 * removal survives it, whatever its time, so a removed key leaves no record. An {@link ORMap} of
 * {@link CausalLWWRegister}s does the same; this is smaller to use.
 *
 * <pre>{@code
 * LWWMap<String, String> settings = LWWMap.empty();
 * settings = settings.merge(
 *     settings.put(phone, new HybridTimestamp(1_000, 0), "theme", "dark"));
 * settings = settings.merge(
 *     settings.put(laptop, new HybridTimestamp(1_001, 0), "theme", "light"));
 * String theme = settings.get("theme").orElse("none");    // light
 * settings = settings.merge(settings.remove("theme"));
 * }</pre>
 *
 * <p>Immutable and thread-safe. Mutators return deltas (see {@link
 * dev.converge.crdt.algebra.Crdt}). Putting, removing, asking and merging a delta cost O(delta ·
 * log n). Concurrent writes under one key stay side by side, unseen, until the next write or
 * removal, as in {@link CausalLWWRegister}, which says why. See Almeida, Shoker, Baquero, <em>Delta
 * State Replicated Data Types</em> (2018), section 7; Kulkarni et al. (2014) for the time.
 *
 * @param <K> the keys: immutable, with {@code equals} and {@code hashCode}
 * @param <T> the values: immutable, with {@code equals} by meaning
 */
public final class LWWMap<K, T> extends CausalValue<LWWMap<K, T>, DotMap<K, DotFun<Timestamped<T>>>>
    implements Iterable<Map.Entry<K, T>> {
  private static final CausalType<LWWMap<Object, Object>> TYPE =
      CausalType.of(
          "lwwmap",
          DotMap.<Object, DotFun<Timestamped<Object>>>none(),
          LWWMap::new,
          store -> Shapes.checkDotFuns(store, Writes::check));

  private LWWMap(Causal<DotMap<K, DotFun<Timestamped<T>>>> causal) {
    super(causal);
  }

  /** The map to which nothing has happened. */
  public static <K, T> LWWMap<K, T> empty() {
    return LWWMap.<K, T>type().empty();
  }

  /** The type of maps in a map, and what restores one from its parts. */
  @SuppressWarnings({"unchecked", "rawtypes"}) // It treats all keys and values alike.
  public static <K, T> CausalType<LWWMap<K, T>> type() {
    return (CausalType) TYPE;
  }

  @Override
  LWWMap<K, T> with(Causal<DotMap<K, DotFun<Timestamped<T>>>> state) {
    return new LWWMap<>(state);
  }

  /**
   * The delta that writes {@code value} under {@code key}, in the name of {@code replica}. It shows
   * only if {@code time} is later than {@link #time} of the key: let the clock observe that first.
   * O(log n).
   */
  public LWWMap<K, T> put(ReplicaId replica, HybridTimestamp time, K key, T value) {
    Dot dot = causal.next(replica);
    Timestamped<T> write = new Timestamped<>(time, value);
    return with(
        Causal.put(
            causal,
            key,
            DotFun.of(dot, write),
            dot,
            Writes.overwritten(store().get(key), dot, write)));
  }

  /**
   * The delta that removes {@code key}: it takes away the writes seen here. Of a key that is not
   * here, an empty delta. O(log n).
   */
  public LWWMap<K, T> remove(K key) {
    return with(Causal.remove(causal, key));
  }

  /** What the last write under {@code key} wrote; empty if the key is not there. O(log n). */
  public Optional<T> get(K key) {
    var last = Writes.last(store().get(key));
    return last == null ? Optional.empty() : Optional.of(last.getValue().value());
  }

  /** When the last write under {@code key} was made; empty if the key is not there. O(log n). */
  public Optional<HybridTimestamp> time(K key) {
    var last = Writes.last(store().get(key));
    return last == null ? Optional.empty() : Optional.of(last.getValue().time());
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

  /** The keys with what shows under them, in no order. O(n) to go through. */
  public Stream<Map.Entry<K, T>> stream() {
    return StreamSupport.stream(store().spliterator(), false)
        .map(
            e ->
                Map.entry(
                    e.getKey(),
                    Objects.requireNonNull(Writes.last(e.getValue())).getValue().value()));
  }

  /** The keys with what shows under them, in no order. */
  @Override
  public Iterator<Map.Entry<K, T>> iterator() {
    return stream().iterator();
  }

  /** Calls {@code action} for each key and what shows under it. O(n). */
  public void forEach(BiConsumer<? super K, ? super T> action) {
    stream().forEach(e -> action.accept(e.getKey(), e.getValue()));
  }

  /** {@code {key=value}}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    forEach((k, v) -> text.append(text.length() > 1 ? ", " : "").append(k).append('=').append(v));
    return text.append('}').toString();
  }
}
