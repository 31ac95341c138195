package dev.converge.crdt.causal;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.crdt.persistent.PersistentLongMap;
import dev.converge.crdt.persistent.PersistentMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * For each dot the key under which it stands: by replica, a radix tree of its sequence numbers,
 * which are nearly contiguous in most sets, so that a dot takes few bytes. Immutable.
 */
final class DotIndex<K> {
  /** The most dots that wait. More save little, and are searched through. */
  private static final int WAITING = 16;

  private static final DotIndex<?> EMPTY = new DotIndex<>(PersistentMap.empty(), null);

  /** None of the trees is empty. */
  private final PersistentMap<ReplicaId, PersistentLongMap<K>> byReplica;

  /**
   * The latest dots, which are not in {@link #byReplica} yet: a path of a tree is then copied once
   * for many additions.
   */
  private final @Nullable Waiting<K> waiting;

  private DotIndex(
      PersistentMap<ReplicaId, PersistentLongMap<K>> byReplica, @Nullable Waiting<K> waiting) {
    this.byReplica = byReplica;
    this.waiting = waiting;
  }

  private static final class Waiting<K> {
    final Dot dot;
    final K key;
    final @Nullable Waiting<K> before;
    final int count;

    Waiting(Dot dot, K key, @Nullable Waiting<K> before) {
      this.dot = dot;
      this.key = key;
      this.before = before;
      this.count = before == null ? 1 : before.count + 1;
    }
  }

  @SuppressWarnings("unchecked") // It holds no key.
  static <K> DotIndex<K> empty() {
    return (DotIndex<K>) EMPTY;
  }

  @Nullable K get(Dot dot) {
    PersistentLongMap<K> own = byReplica.get(dot.replica());
    K key = own == null ? null : own.get(dot.sequence());
    return key != null ? key : waiting(dot);
  }

  private @Nullable K waiting(Dot dot) {
    for (Waiting<K> w = waiting; w != null; w = w.before) {
      if (w.dot.equals(dot)) {
        return w.key;
      }
    }
    return null;
  }

  /** A key that is written again and again has its dot among the latest: little is copied. */
  private static <K> @Nullable Waiting<K> without(@Nullable Waiting<K> from, Dot dot) {
    if (from == null) {
      return null;
    }
    return from.dot.equals(dot)
        ? from.before
        : new Waiting<>(from.dot, from.key, without(from.before, dot));
  }

  /** With a dot that may be here already, under that very key. */
  DotIndex<K> put(Dot dot, K key) {
    return get(dot) == null ? add(dot, key) : this;
  }

  /** With a dot that is not here. */
  DotIndex<K> add(Dot dot, K key) {
    DotIndex<K> result = new DotIndex<>(byReplica, new Waiting<>(dot, key, waiting));
    return waiting != null && waiting.count >= WAITING - 1 ? result.settled() : result;
  }

  DotIndex<K> remove(Dot dot) {
    PersistentLongMap<K> own = byReplica.get(dot.replica());
    PersistentLongMap<K> changed = own == null ? null : own.remove(dot.sequence());
    if (changed == null || changed == own) {
      return waiting(dot) == null ? this : new DotIndex<>(byReplica, without(waiting, dot));
    }
    return new DotIndex<>(
        changed.isEmpty() ? byReplica.remove(dot.replica()) : byReplica.put(dot.replica(), changed),
        waiting);
  }

  /** The same with no dot waiting. */
  @SuppressWarnings("unchecked") // All keys are K.
  private DotIndex<K> settled() {
    if (waiting == null) {
      return this;
    }
    List<Waiting<K>> sorted = new ArrayList<>(waiting.count);
    for (Waiting<K> w = waiting; w != null; w = w.before) {
      sorted.add(w);
    }
    sorted.sort((a, b) -> a.dot.compareTo(b.dot));
    PersistentMap<ReplicaId, PersistentLongMap<K>> result = byReplica;
    for (int from = 0; from < sorted.size(); ) {
      ReplicaId replica = sorted.get(from).dot.replica();
      long[] sequences = new long[sorted.size() - from];
      Object[] keys = new Object[sequences.length];
      int count = 0;
      for (; from < sorted.size() && sorted.get(from).dot.replica().equals(replica); from++) {
        sequences[count] = sorted.get(from).dot.sequence();
        keys[count++] = sorted.get(from).key;
      }
      PersistentLongMap<K> own = result.get(replica);
      result =
          result.put(
              replica,
              own == null
                  ? PersistentLongMap.ofAscending(sequences, i -> (K) keys[i], count)
                  : own.putAscending(sequences, keys, count));
    }
    return new DotIndex<>(result, null);
  }

  void forEachDot(Consumer<? super Dot> action) {
    settled()
        .byReplica
        .forEach(
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
    settled()
        .byReplica
        .forEachDifference(
            other.settled().byReplica,
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
      return new DotIndex<>(byReplica.build(), null);
    }
  }
}
