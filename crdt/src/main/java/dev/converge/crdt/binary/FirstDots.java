package dev.converge.crdt.binary;

import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotStore;
import java.util.Arrays;
import java.util.List;

/** The entries of a map in the order of their first dots. */
final class FirstDots {
  private FirstDots() {}

  /**
   * Adds the keys and the stores of {@code map} in that order. Sorts numbers and not objects: for
   * each replica the sequence numbers, in which each entry then finds its place. O(n) where they
   * are nearly contiguous, else O(n log n).
   */
  @SuppressWarnings("unchecked") // What was taken out of the map as K and S is K and S.
  static <K, S extends DotStore> void sort(
      DotMap<K, S> map, Replicas replicas, List<K> keys, List<S> stores) {
    int count = map.keyCount();
    Object[] unsortedKeys = new Object[count];
    Object[] unsortedStores = new Object[count];
    int[] who = new int[count];
    long[] sequences = new long[count];
    int[] from = new int[replicas.size() + 1];
    FirstDot first = new FirstDot();
    int[] filled = {0};
    map.forEach(
        (key, store) -> {
          int i = filled[0]++;
          first.of(store);
          unsortedKeys[i] = key;
          unsortedStores[i] = store;
          who[i] = replicas.indexOf(first.replica());
          sequences[i] = first.sequence();
          from[who[i] + 1]++;
        });
    for (int i : order(who, sequences, from)) {
      keys.add((K) unsortedKeys[i]);
      stores.add((S) unsortedStores[i]);
    }
  }

  /**
   * The indexes of the entries in order.
   *
   * @param counts at {@code r + 1} how many are of replica {@code r}; changed
   */
  private static int[] order(int[] who, long[] sequences, int[] counts) {
    int replicas = counts.length - 1;
    int[] byReplica = new int[who.length];
    for (int r = 0; r < replicas; r++) {
      counts[r + 1] += counts[r];
    }
    int[] next = counts.clone();
    for (int i = 0; i < who.length; i++) {
      byReplica[next[who[i]]++] = i;
    }
    for (int r = 0; r < replicas; r++) {
      sort(byReplica, counts[r], counts[r + 1], sequences);
    }
    return byReplica;
  }

  /** Sorts {@code indexes} from {@code from} to {@code to}, all of one replica. */
  private static void sort(int[] indexes, int from, int to, long[] sequences) {
    if (to - from < 2) {
      return;
    }
    long min = Long.MAX_VALUE;
    long max = 0;
    for (int i = from; i < to; i++) {
      min = Math.min(min, sequences[indexes[i]]);
      max = Math.max(max, sequences[indexes[i]]);
    }
    if (max - min < 4L * (to - from)) {
      spread(indexes, from, to, sequences, min, (int) (max - min) + 1);
    } else {
      compare(indexes, from, to, sequences);
    }
  }

  /** Nearly contiguous numbers each have a place of their own. */
  private static void spread(
      int[] indexes, int from, int to, long[] sequences, long min, int range) {
    int[] places = new int[range];
    for (int i = from; i < to; i++) {
      places[(int) (sequences[indexes[i]] - min)] = indexes[i] + 1;
    }
    int at = from;
    for (int index : places) {
      if (index > 0) {
        indexes[at++] = index - 1;
      }
    }
  }

  private static void compare(int[] indexes, int from, int to, long[] sequences) {
    long[] sorted = new long[to - from];
    for (int i = from; i < to; i++) {
      sorted[i - from] = sequences[indexes[i]];
    }
    Arrays.sort(sorted);
    int[] unsorted = Arrays.copyOfRange(indexes, from, to);
    for (int index : unsorted) {
      indexes[from + Arrays.binarySearch(sorted, sequences[index])] = index;
    }
  }
}
