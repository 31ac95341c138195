package dev.converge.engine.fold;

import dev.converge.crdt.clock.ReplicaId;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one replica that touch one thing, in the order of sequence numbers, which is also
 * the total order, as a replica's times grow.
 *
 * <p>Searches start where the last one ended and widen from there (exponential search): the fold
 * asks for neighbouring places one after the other, so most cost O(1), and none more than O(log n).
 * They run over plain arrays of numbers: a late event into a hot key makes tens of thousands of
 * them.
 */
final class Lane<S, E> {
  private static final int FEW = 4;
  private static final int NEAR = 16;

  final ReplicaId replica;
  private final int number;

  // One element for each entry.
  private @Nullable Entry<S, E>[] entries = newArray(FEW);
  private long[] times = new long[FEW];
  private long[] sequences = new long[FEW];

  /** Whether later events meet it as a rival. */
  private final Bits counting = new Bits();

  private int size;

  private int lastUnseen;
  private int lastPlace;

  /** Of which {@link #lastPlace} is the place; null if the lane has changed since. */
  private @Nullable Entry<S, E> lastPlaced;

  /**
   * An empty lane.
   *
   * @param number the index's number of the replica
   */
  Lane(ReplicaId replica, int number) {
    this.replica = replica;
    this.number = number;
  }

  @SuppressWarnings("unchecked") // An array of a generic type can be made no other way.
  private static <S, E> @Nullable Entry<S, E>[] newArray(int length) {
    return (@Nullable Entry<S, E>[]) new Entry<?, ?>[length];
  }

  /** O(log n) at the end; elsewhere all behind it moves up. Does not count until told so. */
  void add(Entry<S, E> entry) {
    if (size == entries.length) {
      entries = Arrays.copyOf(entries, 2 * size);
      times = Arrays.copyOf(times, 2 * size);
      sequences = Arrays.copyOf(sequences, 2 * size);
    }
    int at = firstBeyond(entry.sequence);
    int behind = size - at;
    System.arraycopy(entries, at, entries, at + 1, behind);
    System.arraycopy(times, at, times, at + 1, behind);
    System.arraycopy(sequences, at, sequences, at + 1, behind);
    entries[at] = entry;
    times[at] = entry.time;
    sequences[at] = entry.sequence;
    counting.insert(at, size);
    size++;
    lastPlaced = null;
  }

  void count(Entry<S, E> entry, boolean counts) {
    counting.set(firstBeyond(entry.sequence) - 1, counts);
  }

  /** Lets go of the entries up to a sequence number. O(n). */
  void dropUpTo(long sequence) {
    int gone = firstBeyond(sequence);
    int left = size - gone;
    System.arraycopy(entries, gone, entries, 0, left);
    System.arraycopy(times, gone, times, 0, left);
    System.arraycopy(sequences, gone, sequences, 0, left);
    Arrays.fill(entries, left, size, null);
    counting.dropFirst(gone, size);
    size = left;
    lastUnseen = 0;
    lastPlace = 0;
    lastPlaced = null;
    if (size < entries.length / 4 && entries.length > FEW) {
      int enough = Math.max(FEW, 2 * size);
      entries = Arrays.copyOf(entries, enough);
      times = Arrays.copyOf(times, enough);
      sequences = Arrays.copyOf(sequences, enough);
    }
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** The first entry after {@code place} in the total order, or null. */
  @Nullable Entry<S, E> after(Entry<S, E> place) {
    int i = firstNotBefore(place);
    if (i < size && entries[i] == place) {
      i++;
    }
    return i < size ? entries[i] : null;
  }

  /** The first rival of {@code entry} here, or null. */
  @Nullable Entry<S, E> earliestRival(Entry<S, E> entry) {
    int end = firstNotBefore(entry);
    if (end == 0 || isSeen(end - 1, entry)) {
      return null;
    }
    for (int i = counting.next(firstUnseen(entry), end); i < end; i = counting.next(i + 1, end)) {
      if (!entry.isKnownByCloud(get(i))) {
        return entries[i];
      }
    }
    return null;
  }

  /** The last rival of {@code entry} here, or null. */
  @Nullable Entry<S, E> latestRival(Entry<S, E> entry) {
    int end = firstNotBefore(entry);
    if (end == 0 || isSeen(end - 1, entry)) {
      return null;
    }
    // SUBTLE: mostly it is near, and then it is not worth a search where the unseen ones start.
    int near = counting.previous(end - 1, Math.max(0, end - NEAR));
    if (near >= 0 && !entry.isKnownByCloud(get(near))) {
      return isSeen(near, entry) ? null : entries[near];
    }
    int start = firstUnseen(entry);
    int from = near >= 0 ? near - 1 : end - 1 - NEAR;
    for (int i = counting.previous(from, start); i >= 0; i = counting.previous(i - 1, start)) {
      if (!entry.isKnownByCloud(get(i))) {
        return entries[i];
      }
    }
    return null;
  }

  /** Adds the rivals of {@code entry} here, in dot order. */
  void addRivals(Entry<S, E> entry, List<Entry<S, E>> to) {
    int end = firstNotBefore(entry);
    if (end == 0 || isSeen(end - 1, entry)) {
      return;
    }
    for (int i = counting.next(firstUnseen(entry), end); i < end; i = counting.next(i + 1, end)) {
      if (!entry.isKnownByCloud(get(i))) {
        to.add(get(i));
      }
    }
  }

  @SuppressWarnings("NullAway") // Below the size there is an entry.
  private Entry<S, E> get(int i) {
    return entries[i];
  }

  /** Whether the vector of {@code entry}'s context covers the one at {@code i}. */
  private boolean isSeen(int i, Entry<S, E> entry) {
    return sequences[i] <= entry.seen(number);
  }

  private int firstUnseen(Entry<S, E> entry) {
    lastUnseen = firstBeyond(entry.seen(number), lastUnseen);
    return lastUnseen;
  }

  private int firstBeyond(long sequence) {
    return firstBeyond(sequence, size);
  }

  /** How many entries, all in front, are not beyond a sequence number. */
  private int firstBeyond(long sequence, int hint) {
    int low = Math.min(hint, size);
    int high = low;
    int step = 1;
    if (high < size && sequences[high] <= sequence) {
      do {
        low = high + 1;
        high = Math.min(size, high + step);
        step *= 2;
      } while (high < size && sequences[high] <= sequence);
    } else {
      while (low > 0 && sequences[low - 1] > sequence) {
        high = low - 1;
        low = Math.max(0, low - step);
        step *= 2;
      }
    }
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sequences[middle] <= sequence) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** How many entries, all in front, are before {@code place}. */
  private int firstNotBefore(Entry<S, E> place) {
    if (place == lastPlaced) {
      return lastPlace;
    }
    int low = Math.min(lastPlace, size);
    int high = low;
    int step = 1;
    if (high < size && isBefore(high, place)) {
      do {
        low = high + 1;
        high = Math.min(size, high + step);
        step *= 2;
      } while (high < size && isBefore(high, place));
    } else {
      while (low > 0 && !isBefore(low - 1, place)) {
        high = low - 1;
        low = Math.max(0, low - step);
        step *= 2;
      }
    }
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (isBefore(middle, place)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    lastPlace = low;
    lastPlaced = place;
    return low;
  }

  private boolean isBefore(int i, Entry<S, E> place) {
    return times[i] == place.time ? get(i).compareTo(place) < 0 : times[i] < place.time;
  }
}
