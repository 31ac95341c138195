package dev.converge.crdt.persistent;

import java.util.Iterator;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * An immutable hash set whose updates share structure with the original: {@link PersistentMap}
 * without values, with the same costs.
 *
 * @param <E> the elements, with {@code equals} and {@code hashCode} that never change
 */
public final class PersistentSet<E> implements Iterable<E> {
  private static final PersistentSet<?> EMPTY = new PersistentSet<>(PersistentMap.empty());

  private final PersistentMap<E, Boolean> map;

  private PersistentSet(PersistentMap<E, Boolean> map) {
    this.map = map;
  }

  /** The set without elements. */
  @SuppressWarnings("unchecked") // It holds no element.
  public static <E> PersistentSet<E> empty() {
    return (PersistentSet<E>) EMPTY;
  }

  /** The elements given; O(n). */
  public static <E> PersistentSet<E> copyOf(Iterable<? extends E> elements) {
    PersistentMap<E, Boolean> map = PersistentMap.empty();
    for (E element : elements) {
      map = map.put(element, true);
    }
    return map.isEmpty() ? empty() : new PersistentSet<>(map);
  }

  private PersistentSet<E> with(PersistentMap<E, Boolean> changed) {
    return changed == map ? this : new PersistentSet<>(changed);
  }

  /** How many elements. */
  public int size() {
    return map.size();
  }

  /** Whether there are no elements. */
  public boolean isEmpty() {
    return map.isEmpty();
  }

  /** Whether {@code element} is in the set. */
  public boolean contains(E element) {
    return map.containsKey(element);
  }

  /** The set with {@code element}; this set if it is there already. */
  public PersistentSet<E> add(E element) {
    return with(map.put(element, true));
  }

  /** The set without {@code element}; this set if it is not there. */
  public PersistentSet<E> remove(E element) {
    return with(map.remove(element));
  }

  /** The union; costs as {@link PersistentMap#merge}. This set if it has all of the other's. */
  public PersistentSet<E> union(PersistentSet<E> other) {
    PersistentMap<E, Boolean> merged = map.merge(other.map, (mine, theirs) -> mine);
    return merged == other.map ? other : with(merged);
  }

  /** Calls the action for each element that only one of the sets has; skips what they share. */
  public void forEachDifference(
      PersistentSet<E> other, Consumer<? super E> onlyMine, Consumer<? super E> onlyTheirs) {
    map.forEachDifference(
        other.map,
        (element, mine, theirs) -> {
          if (theirs == null) {
            onlyMine.accept(element);
          } else if (mine == null) {
            onlyTheirs.accept(element);
          }
        });
  }

  @Override
  public void forEach(Consumer<? super E> action) {
    map.forEach((element, present) -> action.accept(element));
  }

  /** The elements. The iterator does not remove. */
  @Override
  public Iterator<E> iterator() {
    var entries = map.iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return entries.hasNext();
      }

      @Override
      public E next() {
        return entries.next().getKey();
      }
    };
  }

  /** The elements. */
  public Stream<E> stream() {
    int traits = Spliterator.DISTINCT | Spliterator.IMMUTABLE | Spliterator.NONNULL;
    return StreamSupport.stream(Spliterators.spliterator(iterator(), size(), traits), false);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof PersistentSet<?> other && map.equals(other.map);
  }

  @Override
  public int hashCode() {
    return map.hashCode();
  }

  /** {@code [a, b]}, in no order that a caller can rely on. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("[");
    forEach(e -> text.append(text.length() > 1 ? ", " : "").append(e));
    return text.append(']').toString();
  }
}
