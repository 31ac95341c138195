package dev.converge.crdt.causal;

import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * How a type that can live in a map is made from its state.
 *
 * <p>Immutable and thread-safe.
 *
 * <pre>{@code
 * ORSet<String> set = ORSet.<String>empty().add(phone, "milk");
 * ORSet<String> restored = ORSet.<String>type().restore(set.causal());
 * }</pre>
 *
 * @param <V> the type
 */
public final class CausalType<V extends CausalCrdt<V>> {
  private final String name;
  private final DotStore shape;
  private final Function<Causal<?>, V> wrap;
  private final Consumer<DotStore> check;

  private CausalType(
      String name, DotStore shape, Function<Causal<?>, V> wrap, Consumer<DotStore> check) {
    this.name = Objects.requireNonNull(name, "name");
    this.shape = shape.empty();
    this.wrap = wrap;
    this.check = check;
  }

  /**
   * Describes a type.
   *
   * @param name a short name that never changes: it may be written to disk and sent to others
   * @param shape any store of the shape that the type has
   * @param wrap makes a value of a state that is known to be right; O(1)
   * @param check throws an {@code IllegalArgumentException} that says what is wrong if a store of
   *     the shape, come from outside, cannot be one of this type
   */
  @SuppressWarnings("unchecked") // restore and at check the shape, and check what it holds.
  public static <S extends DotStore, V extends CausalCrdt<V>> CausalType<V> of(
      String name, S shape, Function<Causal<S>, V> wrap, Consumer<S> check) {
    return new CausalType<>(
        name, shape, causal -> wrap.apply((Causal<S>) causal), store -> check.accept((S) store));
  }

  /** The name. */
  public String name() {
    return name;
  }

  /** The store without dots. */
  public DotStore shape() {
    return shape;
  }

  /** The value in which nothing has happened. */
  public V empty() {
    return wrap.apply(Causal.empty(shape));
  }

  /**
   * A value from a state that came from outside. O(n).
   *
   * @throws IllegalArgumentException if the state cannot be one of this type; says why
   */
  public V restore(Causal<?> state) {
    check(state.store());
    return wrap.apply(state);
  }

  /**
   * A value from a state whose store was made by code that can make no other than one of this type,
   * as a codec does that was put together for it. O(1): nothing is checked, and a store that is not
   * right makes methods of the value throw a {@code ClassCastException} at some later time. If in
   * doubt, {@link #restore}.
   */
  public V restoreUnchecked(Causal<?> state) {
    return wrap.apply(state);
  }

  /**
   * Checks a store that came from outside. O(n).
   *
   * @throws IllegalArgumentException if the store cannot be one of this type; says why
   */
  public void check(DotStore store) {
    if (store.shape() != shape.shape()) {
      throw new IllegalArgumentException(
          "a value of type "
              + name
              + " is kept in a "
              + shape.shape().getSimpleName()
              + ", not in a "
              + store.shape().getSimpleName());
    }
    check.accept(store);
  }

  /**
   * The value under {@code key} of {@code map}; the empty value, which has seen all that the map
   * has, if there is none. O(log n).
   *
   * @throws IllegalArgumentException if what is there has another shape
   */
  public <K> V at(Causal<DotMap<K, DotStore>> map, K key) {
    return wrap.apply(Causal.at(map, key, shape));
  }

  /** The name. */
  @Override
  public String toString() {
    return name;
  }
}
