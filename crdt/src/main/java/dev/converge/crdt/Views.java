package dev.converge.crdt;

import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Unmodifiable collections over immutable values, made without copying. */
final class Views {
  private Views() {}

  static <K, V> Set<K> keys(
      Iterable<Map.Entry<K, V>> entries, int size, Predicate<? super K> contains) {
    return new AbstractSet<>() {
      @Override
      public Iterator<K> iterator() {
        Iterator<Map.Entry<K, V>> all = entries.iterator();
        return new Iterator<>() {
          @Override
          public boolean hasNext() {
            return all.hasNext();
          }

          @Override
          public K next() {
            return all.next().getKey();
          }
        };
      }

      @Override
      public int size() {
        return size;
      }

      @Override
      @SuppressWarnings("unchecked") // As in any hash set, a key of another class is not found.
      public boolean contains(@Nullable Object o) {
        return o != null && contains.test((K) o);
      }
    };
  }
}
