package dev.converge.engine.fold;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The entries of a fold in the total order. */
final class Timeline<S, E> {
  private List<Entry<S, E>> entries = new ArrayList<>();

  int size() {
    return entries.size();
  }

  Entry<S, E> get(int position) {
    return entries.get(position);
  }

  /** O(log n). */
  int position(Entry<S, E> entry) {
    return Collections.binarySearch(entries, entry);
  }

  /** Takes the first entries away. O(n). */
  List<Entry<S, E>> removeFirst(int count) {
    List<Entry<S, E>> first = new ArrayList<>(entries.subList(0, count));
    entries.subList(0, count).clear();
    return first;
  }

  /**
   * Puts a batch into place.
   *
   * <p>Costs O(batch), and one move of what is later than the first of it.
   *
   * @param batch sorted, none of it here yet, not empty
   */
  void insert(List<Entry<S, E>> batch) {
    int from = -Collections.binarySearch(entries, batch.get(0)) - 1;
    if (from == entries.size()) {
      entries.addAll(batch);
      return;
    }
    if (batch.size() == 1) {
      entries.add(from, batch.get(0));
      return;
    }
    List<Entry<S, E>> merged = new ArrayList<>(entries.size() + batch.size());
    merged.addAll(entries.subList(0, from));
    int next = 0;
    for (int i = from; i < entries.size(); i++) {
      while (next < batch.size() && batch.get(next).compareTo(entries.get(i)) < 0) {
        merged.add(batch.get(next++));
      }
      merged.add(entries.get(i));
    }
    merged.addAll(batch.subList(next, batch.size()));
    entries = merged;
  }
}
