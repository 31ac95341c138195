package dev.converge.crdt.causal;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.persistent.PersistentMap;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Dots that are alive, each with what its write said. A dot's value never changes.
 *
 * <pre>{@code
 * DotFun<String> writes = DotFun.of(Dot.of(phone, 1), "Ann");
 * boolean alive = writes.contains(Dot.of(phone, 1));      // true
 * }</pre>
 *
 * @param <V> what a write says: immutable, with {@code equals} by meaning
 */
public final class DotFun<V> extends DotStore implements Iterable<Map.Entry<Dot, V>> {
  private static final DotFun<?> EMPTY = new DotFun<>(PersistentMap.empty());

  private final PersistentMap<Dot, V> values;

  private DotFun(PersistentMap<Dot, V> values) {
    this.values = values;
  }

  /** No dots. */
  @SuppressWarnings("unchecked") // It holds no value.
  public static <V> DotFun<V> none() {
    return (DotFun<V>) EMPTY;
  }

  /** One dot. */
  public static <V> DotFun<V> of(Dot dot, V value) {
    return new DotFun<>(PersistentMap.of(dot, value));
  }

  /** These dots. */
  public static <V> DotFun<V> of(Map<Dot, V> values) {
    return values.isEmpty() ? none() : new DotFun<>(PersistentMap.copyOf(values));
  }

  /** What collects the dots of a large store: O(dots), with little garbage. */
  public static <V> Builder<V> builder() {
    return new Builder<>();
  }

  /** Collects the dots of one store. Not thread-safe; of no more use after {@link #build}. */
  public static final class Builder<V> {
    private final PersistentMap.Builder<Dot, V> values = PersistentMap.builder();
    private int count;

    private Builder() {}

    /** Adds a dot with what its write said. */
    public Builder<V> put(Dot dot, V value) {
      values.put(dot, value);
      count++;
      return this;
    }

    /**
     * The store of the dots put.
     *
     * @throws IllegalArgumentException if a dot came twice
     */
    public DotFun<V> build() {
      PersistentMap<Dot, V> built = values.build();
      if (built.size() != count) {
        throw new IllegalArgumentException("a dot comes twice");
      }
      return count == 0 ? none() : new DotFun<>(built);
    }
  }

  /** What {@code dot}'s write said; null if it is not alive. */
  public @Nullable V get(Dot dot) {
    return values.get(dot);
  }

  /** Calls {@code action} for each dot and its value, in no order. */
  public void forEach(BiConsumer<? super Dot, ? super V> action) {
    values.forEach(action);
  }

  /** The dots with their values, in no order. */
  @Override
  public Iterator<Map.Entry<Dot, V>> iterator() {
    return values.iterator();
  }

  @Override
  public int size() {
    return values.size();
  }

  @Override
  public boolean contains(Dot dot) {
    return values.containsKey(dot);
  }

  @Override
  public void forEachDot(Consumer<? super Dot> action) {
    values.forEach((dot, value) -> action.accept(dot));
  }

  @Override
  public DotFun<V> empty() {
    return none();
  }

  @Override
  Class<?> shape() {
    return DotFun.class;
  }

  @Override
  @SuppressWarnings("unchecked") // The shapes are equal.
  DotFun<V> apply(CausalContext context, DotStore delta, Dot dot) {
    requireSameShape(this, delta);
    return with(applied(values, context, ((DotFun<V>) delta).values, dot));
  }

  @Override
  @SuppressWarnings("unchecked") // The shapes are equal.
  DotFun<V> apply(CausalContext context, DotStore delta, Collection<Dot> relevant) {
    requireSameShape(this, delta);
    PersistentMap<Dot, V> result = values;
    for (Dot dot : relevant) {
      result = applied(result, context, ((DotFun<V>) delta).values, dot);
    }
    return with(result);
  }

  private static <V> PersistentMap<Dot, V> applied(
      PersistentMap<Dot, V> mine, CausalContext context, PersistentMap<Dot, V> theirs, Dot dot) {
    V their = theirs.get(dot);
    if (their == null) {
      return mine.remove(dot);
    }
    V present = mine.get(dot);
    if (present != null) {
      requireSame(dot, present, their);
      return mine;
    }
    return context.contains(dot) ? mine : mine.put(dot, their);
  }

  private DotFun<V> with(PersistentMap<Dot, V> changed) {
    return changed == values ? this : new DotFun<>(changed);
  }

  @Override
  @SuppressWarnings("unchecked") // The shapes are equal.
  void forEachDifference(
      DotStore other, Consumer<? super Dot> onlyMine, Consumer<? super Dot> onlyTheirs) {
    values.forEachDifference(
        ((DotFun<V>) other).values,
        (dot, mine, theirs) -> {
          if (theirs == null) {
            onlyMine.accept(dot);
          } else if (mine == null) {
            onlyTheirs.accept(dot);
          } else {
            requireSame(dot, mine, theirs);
          }
        });
  }

  private static void requireSame(Dot dot, Object mine, Object theirs) {
    if (!mine.equals(theirs)) {
      throw new DotConflictException(dot, mine, theirs);
    }
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof DotFun<?> other && values.equals(other.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  /** <code>{node-1:3=value}</code>. */
  @Override
  public String toString() {
    return values.toString();
  }
}
