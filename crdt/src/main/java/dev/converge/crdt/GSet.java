package dev.converge.crdt;

import dev.converge.crdt.algebra.Crdt;
import dev.converge.crdt.persistent.PersistentSet;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A set that only grows; merging is the union.
 *
 * <pre>{@code
 * GSet<String> seen = GSet.empty();
 * GSet<String> delta = seen.add("message-1");
 * seen = seen.merge(delta).merge(delta);
 * boolean known = seen.contains("message-1");             // true
 * }</pre>
 *
 * <p>Immutable and thread-safe. Mutators return deltas (see {@link Crdt}). Adding, asking and
 * merging a delta cost O(delta · log n). See Shapiro et al., <em>A Comprehensive Study of
 * Convergent and Commutative Replicated Data Types</em> (2011), specification 11.
 *
 * @param <E> the elements: immutable, with {@code equals} and {@code hashCode}
 */
public final class GSet<E> implements Crdt<GSet<E>>, Iterable<E> {
  private static final GSet<?> EMPTY = new GSet<>(PersistentSet.empty());

  private final PersistentSet<E> elements;

  private GSet(PersistentSet<E> elements) {
    this.elements = elements;
  }

  /** The set without elements. */
  @SuppressWarnings("unchecked") // It holds no element.
  public static <E> GSet<E> empty() {
    return (GSet<E>) EMPTY;
  }

  /** The set of these elements. O(n). */
  public static <E> GSet<E> of(Collection<? extends E> elements) {
    return elements.isEmpty() ? empty() : new GSet<>(PersistentSet.copyOf(elements));
  }

  /** The delta that adds {@code element}. */
  public GSet<E> add(E element) {
    return new GSet<>(PersistentSet.<E>empty().add(element));
  }

  /** The delta that adds these elements. */
  public GSet<E> addAll(Collection<? extends E> added) {
    return of(added);
  }

  /** Whether {@code element} is in the set. O(log n). */
  public boolean contains(E element) {
    return elements.contains(element);
  }

  /** How many elements. O(1). */
  public int size() {
    return elements.size();
  }

  /** Whether there are no elements. O(1). */
  public boolean isEmpty() {
    return elements.isEmpty();
  }

  /** The elements, unmodifiable and in no order that a caller can rely on. O(1). */
  public Set<E> elements() {
    return new AbstractSet<>() {
      @Override
      public Iterator<E> iterator() {
        return elements.iterator();
      }

      @Override
      public int size() {
        return elements.size();
      }

      @Override
      @SuppressWarnings("unchecked") // As in any hash set, an object of another class is not found.
      public boolean contains(@Nullable Object o) {
        return o != null && elements.contains((E) o);
      }
    };
  }

  /** The elements. */
  @Override
  public Iterator<E> iterator() {
    return elements().iterator();
  }

  /** The elements. */
  public Stream<E> stream() {
    return elements.stream();
  }

  @Override
  public GSet<E> merge(GSet<E> other) {
    PersistentSet<E> union = elements.union(other.elements);
    return union == elements ? this : new GSet<>(union);
  }

  /** Same elements. */
  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof GSet<?> other && elements.equals(other.elements);
  }

  @Override
  public int hashCode() {
    return elements.hashCode();
  }

  /** The elements, {@code [a, b]}. */
  @Override
  public String toString() {
    return elements.toString();
  }
}
