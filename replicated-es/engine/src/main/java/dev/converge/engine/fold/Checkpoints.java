package dev.converge.engine.fold;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Which entries keep the state after them. The spacing grows with the distance from the end, so a
 * fold of n events keeps O(log n) states, and going back d events costs at most d + d/4 + 16.
 */
final class Checkpoints<S, E> {
  private static final int LEAST_SPACING = 16;

  /** Sorted in the total order; each has a checkpoint, and no other entry has. */
  private final List<Entry<S, E>> entries = new ArrayList<>();

  private int thinAt = 2 * LEAST_SPACING;

  /** How far apart two checkpoints may be whose second stands so far from the end. */
  private static int spacing(int fromEnd) {
    return Math.max(LEAST_SPACING, fromEnd / 4);
  }

  /** Whether a fold that passes position {@code at} of {@code size} should leave one there. */
  static boolean isDue(int last, int at, int size) {
    return at - last >= spacing(size - at);
  }

  /** The last one before {@code entry}, or null. */
  @Nullable Entry<S, E> before(Entry<S, E> entry) {
    int i = indexOf(entry);
    return i == 0 ? null : entries.get(i - 1);
  }

  void add(Entry<S, E> entry, S state) {
    entry.checkpoint = state;
    entries.add(indexOf(entry), entry);
  }

  /** Drops those at or after {@code entry}. */
  void dropFrom(Entry<S, E> entry) {
    List<Entry<S, E>> dropped = entries.subList(indexOf(entry), entries.size());
    dropped.forEach(one -> one.checkpoint = null);
    dropped.clear();
  }

  /** Drops those up to {@code entry}. */
  void dropUpTo(Entry<S, E> entry) {
    int end = indexOf(entry);
    if (end < entries.size() && entries.get(end) == entry) {
      end++;
    }
    List<Entry<S, E>> dropped = entries.subList(0, end);
    dropped.forEach(one -> one.checkpoint = null);
    dropped.clear();
  }

  int size() {
    return entries.size();
  }

  /** Drops those that stand closer than they need, now that the end has moved. */
  void thin(ToIntFunction<Entry<S, E>> position, int size) {
    if (entries.size() < thinAt) {
      return;
    }
    List<Entry<S, E>> kept = new ArrayList<>();
    int last = -1;
    for (int i = 0; i < entries.size(); i++) {
      Entry<S, E> entry = entries.get(i);
      boolean isLast = i == entries.size() - 1;
      int next = isLast ? size : position.applyAsInt(entries.get(i + 1));
      if (isLast || next - last > spacing(size - next)) {
        kept.add(entry);
        last = position.applyAsInt(entry);
      } else {
        entry.checkpoint = null;
      }
    }
    entries.clear();
    entries.addAll(kept);
    thinAt = kept.size() + 2 * LEAST_SPACING;
  }

  private int indexOf(Entry<S, E> entry) {
    int low = 0;
    int high = entries.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (entries.get(middle).compareTo(entry) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
