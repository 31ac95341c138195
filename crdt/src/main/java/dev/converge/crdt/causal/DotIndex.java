package dev.converge.crdt.causal;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.crdt.persistent.PersistentLongMap;
import dev.converge.crdt.persistent.PersistentMap;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * For each dot the key under which it stands: by replica, a radix tree of its sequence numbers,
 * which are nearly contiguous in most sets, so that a dot takes few bytes. Immutable.
 */
final class DotIndex<K> {
  private static final DotIndex<?> EMPTY = new DotIndex<>(PersistentMap.empty());

  /** None of the trees is empty. */
  private final PersistentMap<ReplicaId, PersistentLongMap<K>> byReplica;

  private DotIndex(PersistentMap<ReplicaId, PersistentLongMap<K>> byReplica) {
    this.byReplica = byReplica;
  }

  @SuppressWarnings("unchecked") // It holds no key.
  static <K> DotIndex<K> empty() {
    return (DotIndex<K>) EMPTY;
  }

  @Nullable K get(Dot dot) {
    PersistentLongMap<K> own = byReplica.get(dot.replica());
    return own == null ? null : own.get(dot.sequence());
  }

  DotIndex<K> put(Dot dot, K key) {
    PersistentLongMap<K> own = byReplica.get(dot.replica());
    PersistentLongMap<K> changed =
        (own == null ? PersistentLongMap.<K>empty() : own).put(dot.sequence(), key);
    return changed == own ? this : new DotIndex<>(byReplica.put(dot.replica(), changed));
  }

  DotIndex<K> remove(Dot dot) {
    PersistentLongMap<K> own = byReplica.get(dot.replica());
    if (own == null) {
      return this;
    }
    PersistentLongMap<K> changed = own.remove(dot.sequence());
    if (changed == own) {
      return this;
    }
    return new DotIndex<>(
        changed.isEmpty()
            ? byReplica.remove(dot.replica())
            : byReplica.put(dot.replica(), changed));
  }

  void forEachDot(Consumer<? super Dot> action) {
    byReplica.forEach(
        (replica, own) ->
            own.forEach((sequence, key) -> action.accept(new Dot(replica, sequence))));
  }

  /** Whether {@code vector} has seen all dots. O(r · log n). */
  boolean isWithin(VersionVector vector) {
    return byReplica.findKey((replica, own) -> own.lastKey() > vector.get(replica)) == null;
  }

  /** What {@link #forEachDifference} calls for each dot that differs. */
  @FunctionalInterface
  interface Difference<K> {
    /** Takes one dot; on a side where it is not, its key is null. */
    void accept(ReplicaId replica, long sequence, @Nullable K mine, @Nullable K theirs);
  }

  /** Skips what both share; the keys of a dot that is met may be equal. */
  void forEachDifference(DotIndex<K> other, Difference<K> action) {
    byReplica.forEachDifference(
        other.byReplica,
        (replica, mine, theirs) ->
            (mine == null ? PersistentLongMap.<K>empty() : mine)
                .forEachDifference(
                    theirs == null ? PersistentLongMap.empty() : theirs,
                    (sequence, a, b) -> action.accept(replica, sequence, a, b)));
  }

  /** Collects dots for an index. */
  static final class Builder<K> {
    private final Map<ReplicaId, Column> columns = new HashMap<>();
    private @Nullable Column last;

    private static final int PIECE = 1024;

    /** The dots of one replica, and the key of each. */
    private static final class Column {
      final ReplicaId replica;
      long[] sequences = new long[8];

      /** In pieces so small that the garbage collector takes each for young, as it is. */
      Object[][] keys = {new Object[8]};

      int size;
      boolean ascending = true;

      Column(ReplicaId replica) {
        this.replica = replica;
      }

      void add(long sequence, Object key) {
        if (size == sequences.length) {
          grow();
        }
        ascending = ascending && (size == 0 || sequence > sequences[size - 1]);
        sequences[size] = sequence;
        setKey(size++, key);
      }

      private void grow() {
        sequences = Arrays.copyOf(sequences, 2 * size);
        if (size < PIECE) {
          keys[0] = Arrays.copyOf(keys[0], 2 * size);
        } else {
          int pieces = keys.length;
          keys = Arrays.copyOf(keys, 2 * pieces);
          for (int i = pieces; i < keys.length; i++) {
            keys[i] = new Object[PIECE];
          }
        }
      }

      Object key(int i) {
        return keys[i / PIECE][i % PIECE];
      }

      private void setKey(int i, Object key) {
        keys[i / PIECE][i % PIECE] = key;
      }

      void sort() {
        if (ascending) {
          return;
        }
        long min = Long.MAX_VALUE;
        long max = 0;
        for (int i = 0; i < size; i++) {
          min = Math.min(min, sequences[i]);
          max = Math.max(max, sequences[i]);
        }
        if (max - min < 4L * size) {
          spread(min, (int) (max - min) + 1);
        } else {
          compare();
        }
      }

      /** Nearly contiguous numbers each have a place of their own. */
      private void spread(long min, int range) {
        Object[] places = new Object[range];
        for (int i = 0; i < size; i++) {
          int place = (int) (sequences[i] - min);
          requireFree(sequences[i], places[place], key(i));
          places[place] = key(i);
        }
        int at = 0;
        for (int place = 0; place < range; place++) {
          if (places[place] != null) {
            sequences[at] = min + place;
            setKey(at++, places[place]);
          }
        }
      }

      private void compare() {
        Integer[] order = new Integer[size];
        Arrays.setAll(order, i -> i);
        long[] unsorted = Arrays.copyOf(sequences, size);
        Object[] unsortedKeys = new Object[size];
        Arrays.setAll(unsortedKeys, this::key);
        Arrays.sort(order, (i, j) -> Long.compare(unsorted[i], unsorted[j]));
        for (int i = 0; i < size; i++) {
          sequences[i] = unsorted[order[i]];
          setKey(i, unsortedKeys[order[i]]);
          if (i > 0 && sequences[i] == sequences[i - 1]) {
            requireFree(sequences[i], key(i - 1), key(i));
          }
        }
      }

      private void requireFree(long sequence, @Nullable Object present, Object key) {
        if (present != null) {
          throw new IllegalArgumentException(
              "dot "
                  + new Dot(replica, sequence)
                  + " stands under two keys: "
                  + present
                  + " and "
                  + key);
        }
      }
    }

    void add(ReplicaId replica, long sequence, K key) {
      Column column = last;
      if (column == null || column.replica != replica) {
        column = columns.computeIfAbsent(replica, Column::new);
        last = column;
      }
      column.add(sequence, key);
    }

    /**
     * The index.
     *
     * @throws IllegalArgumentException if a dot was added twice
     */
    @SuppressWarnings("unchecked") // All keys are K.
    DotIndex<K> build() {
      PersistentMap.Builder<ReplicaId, PersistentLongMap<K>> byReplica = PersistentMap.builder();
      for (Column column : columns.values()) {
        column.sort();
        byReplica.put(
            column.replica,
            PersistentLongMap.ofAscending(column.sequences, i -> (K) column.key(i), column.size));
      }
      columns.clear();
      last = null;
      return new DotIndex<>(byReplica.build());
    }
  }
}
