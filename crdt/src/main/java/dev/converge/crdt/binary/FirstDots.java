package dev.converge.crdt.binary;

import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotStore;
import dev.converge.crdt.clock.Dot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The entries of a map in the order of their first dots. */
final class FirstDots {
  private FirstDots() {}

  /**
   * Sorts numbers and not objects: for each replica the sequence numbers, in which each entry then
   * finds its place. O(n log n).
   */
  static <K, S extends DotStore> List<Map.Entry<K, S>> sorted(DotMap<K, S> map, Replicas replicas) {
    int count = map.keyCount();
    List<Map.Entry<K, S>> entries = new ArrayList<>(count);
    int[] who = new int[count];
    long[] sequences = new long[count];
    int[] from = new int[replicas.size() + 1];
    for (Map.Entry<K, S> e : map) {
      Dot first = Columns.firstOf(e.getValue());
      int i = entries.size();
      entries.add(e);
      who[i] = replicas.indexOf(first.replica());
      sequences[i] = first.sequence();
      from[who[i] + 1]++;
    }
    if (count < 2) {
      return entries;
    }
    for (int r = 0; r < replicas.size(); r++) {
      from[r + 1] += from[r];
    }
    long[] sorted = new long[count];
    int[] next = from.clone();
    for (int i = 0; i < count; i++) {
      sorted[next[who[i]]++] = sequences[i];
    }
    for (int r = 0; r < replicas.size(); r++) {
      Arrays.sort(sorted, from[r], from[r + 1]);
    }
    List<Map.Entry<K, S>> inOrder = new ArrayList<>(entries);
    for (int i = 0; i < count; i++) {
      inOrder.set(place(sorted, from[who[i]], from[who[i] + 1], sequences[i]), entries.get(i));
    }
    return inOrder;
  }

  /** Where {@code sequence} stands; at once if there are no gaps before it. */
  private static int place(long[] sorted, int from, int to, long sequence) {
    long guess = from + (sequence - sorted[from]);
    return guess < to && sorted[(int) guess] == sequence
        ? (int) guess
        : Arrays.binarySearch(sorted, from, to, sequence);
  }
}
