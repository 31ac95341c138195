package dev.converge.crdt.causal;

import dev.converge.crdt.algebra.Crdt;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is alive and what has been seen: a store of dots and a causal context that has all of them.
 *
 * <p>The state of every observed-remove type, and its deltas too. A delta that writes has a new dot
 * in both parts; a delta that removes has the removed dots in its context only. Immutable and
 * thread-safe. Merging costs O(delta · log n), where the delta is the smaller argument's context or
 * the difference of the two, whichever is less. See Almeida, Shoker, Baquero, <em>Delta State
 * Replicated Data Types</em> (2018), section 7.
 *
 * <pre>{@code
 * Causal<DotSet> flag = Causal.empty(DotSet.none());
 * Dot dot = flag.next(phone);
 * Causal<DotSet> on = flag.merge(Causal.delta(DotSet.of(dot), List.of()));
 * Causal<DotSet> off = on.merge(on.removal());
 * boolean alive = off.merge(on).store().contains(dot);    // false: seen, and gone
 * }</pre>
 *
 * @param <S> the store
 */
public final class Causal<S extends DotStore> implements Crdt<Causal<S>> {
  /** Invariant: every dot of it is in {@link #context}. */
  private final S store;

  private final CausalContext context;

  /** Known of a delta until it is merged; threads that race for it do the same work twice. */
  private @Nullable Outcome<S> outcome;

  private Causal(S store, CausalContext context) {
    this(store, context, null);
  }

  private Causal(S store, CausalContext context, @Nullable Outcome<S> outcome) {
    this.store = store;
    this.context = context;
    this.outcome = outcome;
  }

  /** A value from its parts, which fit. */
  static <S extends DotStore> Causal<S> made(S store, CausalContext context) {
    return new Causal<>(store, context);
  }

  /** A delta from its parts, which fit, by which {@code base} comes to be {@code state}. */
  static <S extends DotStore> Causal<S> made(
      S store, CausalContext context, Causal<S> base, Causal<S> state) {
    return new Causal<>(store, context, new Outcome<>(base, state));
  }

  @Nullable Outcome<S> outcome() {
    return outcome;
  }

  /** Nothing alive, nothing seen. */
  @SuppressWarnings("unchecked") // empty() keeps the shape.
  public static <S extends DotStore> Causal<S> empty(S shape) {
    return new Causal<>((S) shape.empty(), CausalContext.empty());
  }

  /**
   * A value from its parts. O(r · log n) if {@code store} is a map of which the context's vector
   * has seen all, else O(dots of the store · log r).
   *
   * @throws IllegalArgumentException if a dot of the store is not in the context
   */
  public static <S extends DotStore> Causal<S> of(S store, CausalContext context) {
    if (!store.isSurelyWithin(context.vector())) {
      store.forEachDot(dot -> requireSeen(dot, context));
    }
    return new Causal<>(store, context);
  }

  private static void requireSeen(Dot dot, CausalContext context) {
    if (!context.contains(dot)) {
      throw new IllegalArgumentException(
          "dot " + dot + " is in the store but not in the causal context " + context);
    }
  }

  /** A delta: {@code store}, having seen its dots and {@code replaced}. */
  public static <S extends DotStore> Causal<S> delta(S store, Collection<Dot> replaced) {
    if (store.isEmpty() && replaced instanceof List<Dot> one && one.size() == 1) {
      return new Causal<>(store, CausalContext.ofDots(one.get(0)));
    }
    CausalContext[] context = {CausalContext.of(CausalContext.empty().vector(), replaced)};
    store.forEachDot(dot -> context[0] = context[0].with(dot));
    return new Causal<>(store, context[0]);
  }

  /** A delta: {@code store}, whose only dot is {@code dot}, having seen it and {@code replaced}. */
  public static <S extends DotStore> Causal<S> delta(S store, Dot dot, Collection<Dot> replaced) {
    return new Causal<>(store, contextOf(store, dot, replaced));
  }

  static CausalContext contextOf(DotStore store, Dot dot, Collection<Dot> replaced) {
    if (store.size() != 1 || !store.contains(dot)) {
      throw new IllegalArgumentException("the store has other dots than " + dot + ": " + store);
    }
    if (replaced.isEmpty()) {
      return CausalContext.ofDots(dot);
    }
    if (replaced instanceof List<Dot> one && one.size() == 1) {
      return CausalContext.ofDots(one.get(0), dot);
    }
    CausalContext context = CausalContext.empty();
    for (Dot gone : replaced) {
      context = context.with(gone);
    }
    return context.with(dot);
  }

  /** What is alive. */
  public S store() {
    return store;
  }

  /** What has been seen. */
  public CausalContext context() {
    return context;
  }

  /** The dot that {@code replica} would mint next. */
  public Dot next(ReplicaId replica) {
    return context.next(replica);
  }

  /**
   * The causal join.
   *
   * @throws IllegalArgumentException if the stores have different shapes
   * @throws DotConflictException if a dot is found that has different contents on both sides; found
   *     are those of a small delta, and in bulk merges those that are met and, as keys of a map,
   *     differ in their hash codes
   */
  @Override
  public Causal<S> merge(Causal<S> other) {
    if (this == other) {
      return this;
    }
    Outcome<S> known = other.outcome;
    if (known != null && known.base() == this) {
      other.outcome = null;
      return known.state();
    }
    S joined = DotStore.join(store, context, other.store, other.context);
    CausalContext seen = context.merge(other.context);
    return joined == store && seen == context ? this : new Causal<>(joined, seen);
  }

  /** The delta that removes all that is alive: the dots seen, and nothing in the store. O(n). */
  public Causal<S> removal() {
    List<Dot> dots = new ArrayList<>(store.size());
    store.forEachDot(dots::add);
    return delta(empty(store).store, dots);
  }

  /**
   * What {@code map} has under {@code key}, as a value that has seen all that the map has. O(log
   * n).
   *
   * @param shape any store of the shape that is there, or would be there
   * @throws IllegalArgumentException if the store there has another shape
   */
  @SuppressWarnings("unchecked") // The shapes are equal.
  public static <K, S extends DotStore> Causal<S> at(
      Causal<? extends DotMap<K, ? super S>> map, K key, S shape) {
    @Nullable DotStore present = (DotStore) map.store.get(key);
    if (present == null) {
      return new Causal<>((S) shape.empty(), map.context);
    }
    DotStore.requireSameShape(shape, present);
    return new Causal<>((S) present, map.context);
  }

  /**
   * The delta of a map whose value at {@code key} changes by {@code delta}.
   *
   * <p>A map has one context for all its keys, so a context too wide would remove what stands under
   * other keys. Whatever {@code delta} has seen is therefore cut down to the dots under this key
   * and those that are new to the map: a caller who returns the whole new value in place of a delta
   * loses speed, not data.
   */
  public static <K, T extends DotStore> Causal<DotMap<K, T>> nested(
      Causal<DotMap<K, T>> map, K key, Causal<? extends T> delta) {
    return MapDeltas.nested(map, key, delta);
  }

  /**
   * The delta that writes {@code store} under {@code key} of {@code map}, in place of all that is
   * there. O(log n), and O(dots there).
   *
   * <p>Where that is easy, the delta brings along what {@code map} comes to by it, so that to merge
   * it with that very object costs O(1). It lets go of it with that merge; until then it keeps
   * {@code map} alive.
   *
   * @param dot the only one in {@code store}
   * @throws IllegalArgumentException if {@code store} has other dots, or another shape than what is
   *     there
   */
  public static <K, T extends DotStore> Causal<DotMap<K, T>> put(
      Causal<DotMap<K, T>> map, K key, T store, Dot dot) {
    return MapDeltas.put(map, key, store, dot);
  }

  /**
   * The delta that writes {@code store} under {@code key} of {@code map}, in place of some of what
   * is there. O(log n), and O(replaced).
   *
   * @param dot the only one in {@code store}
   * @param replaced the dots that it replaces
   * @throws IllegalArgumentException if {@code store} has other dots, or another shape than what is
   *     there
   */
  public static <K, T extends DotStore> Causal<DotMap<K, T>> put(
      Causal<DotMap<K, T>> map, K key, T store, Dot dot, List<Dot> replaced) {
    return MapDeltas.put(map, key, store, dot, replaced);
  }

  /**
   * The delta that removes what is under {@code key} of {@code map}; an empty one if nothing is.
   * O(log n), and O(dots there). It brings along what the map comes to, as that of a write.
   */
  public static <K, T extends DotStore> Causal<DotMap<K, T>> remove(
      Causal<DotMap<K, T>> map, K key) {
    return MapDeltas.remove(map, key);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof Causal<?> other
        && context.equals(other.context)
        && store.equals(other.store);
  }

  @Override
  public int hashCode() {
    return Objects.hash(store, context);
  }

  /** {@code store @ context}. */
  @Override
  public String toString() {
    return store + " @ " + context;
  }
}
