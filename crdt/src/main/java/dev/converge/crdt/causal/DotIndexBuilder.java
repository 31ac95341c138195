package dev.converge.crdt.causal;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.persistent.PersistentLongMap;
import dev.converge.crdt.persistent.PersistentMap;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects dots for an index. */
final class DotIndexBuilder<K> {
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
    return DotIndex.of(byReplica.build());
  }
}
