package dev.converge.engine.fold;

import dev.converge.crdt.clock.ReplicaId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one replica that touch one thing, in the order of sequence numbers, which is also
 * the total order, as a replica's times grow.
 *
 * <p>Searches start where the last one ended and widen from there (exponential search): the fold
 * asks for neighbouring places one after the other, so most cost O(1), and none more than O(log n).
 */
final class Lane<S, E> {
  final ReplicaId replica;
  private final int number;
  private final List<Entry<S, E>> entries = new ArrayList<>();

  /** A bit for each entry: whether later events meet it as a rival. */
  private long[] counting = new long[1];

  private int lastUnseen;
  private int lastPlace;

  /**
   * An empty lane.
   *
   * @param number the index's number of the replica
   */
  Lane(ReplicaId replica, int number) {
    this.replica = replica;
    this.number = number;
  }

  /** O(log n) at the end; elsewhere all behind it moves up. Does not count until told so. */
  void add(Entry<S, E> entry) {
    int at = firstBeyond(entry.sequence);
    if (at < entries.size()) {
      for (int i = entries.size(); i > at; i--) {
        setBit(i, bit(i - 1));
      }
    }
    setBit(at, false);
    entries.add(at, entry);
  }

  void count(Entry<S, E> entry, boolean counts) {
    setBit(firstBeyond(entry.sequence) - 1, counts);
  }

  /** Lets go of the entries up to a sequence number. O(n). */
  void dropUpTo(long sequence) {
    int gone = firstBeyond(sequence);
    if (gone == 0) {
      return;
    }
    entries.subList(0, gone).clear();
    long[] left = new long[(entries.size() >> 6) + 1];
    for (int i = 0; i < left.length; i++) {
      left[i] = wordAt((i << 6) + gone);
    }
    counting = left;
    lastUnseen = 0;
    lastPlace = 0;
  }

  /** The 64 bits from {@code from} on. */
  private long wordAt(int from) {
    int word = from >> 6;
    int shift = from & 63;
    long low = word < counting.length ? counting[word] >>> shift : 0;
    long high = shift > 0 && word + 1 < counting.length ? counting[word + 1] << (64 - shift) : 0;
    return low | high;
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /** The first entry after {@code place} in the total order, or null. */
  @Nullable Entry<S, E> after(Entry<S, E> place) {
    int i = firstNotBefore(place);
    if (i < entries.size() && entries.get(i) == place) {
      i++;
    }
    return i < entries.size() ? entries.get(i) : null;
  }

  /** The first rival of {@code entry} here, or null. */
  @Nullable Entry<S, E> earliestRival(Entry<S, E> entry) {
    int end = firstNotBefore(entry);
    if (end == 0 || isSeen(entries.get(end - 1), entry)) {
      return null;
    }
    return rivalFrom(firstUnseen(entry), end, entry);
  }

  /** The last rival of {@code entry} here, or null. */
  @Nullable Entry<S, E> latestRival(Entry<S, E> entry) {
    int end = firstNotBefore(entry);
    if (end == 0 || isSeen(entries.get(end - 1), entry)) {
      return null;
    }
    int start = -1;
    for (int i = lastCounting(end - 1); i >= 0; i = lastCounting(i - 1)) {
      Entry<S, E> other = entries.get(i);
      if (!entry.isKnownByCloud(other)) {
        return isSeen(other, entry) ? null : other;
      }
      // SUBTLE: the end of the search is looked up only if a cloud makes it long.
      start = start < 0 ? firstUnseen(entry) : start;
      if (i <= start) {
        return null;
      }
    }
    return null;
  }

  /** Adds the rivals of {@code entry} here, in dot order. */
  void addRivals(Entry<S, E> entry, List<Entry<S, E>> to) {
    int end = firstNotBefore(entry);
    if (end == 0 || isSeen(entries.get(end - 1), entry)) {
      return;
    }
    for (int i = firstCounting(firstUnseen(entry)); i < end; i = firstCounting(i + 1)) {
      if (!entry.isKnownByCloud(entries.get(i))) {
        to.add(entries.get(i));
      }
    }
  }

  private @Nullable Entry<S, E> rivalFrom(int start, int end, Entry<S, E> entry) {
    for (int i = firstCounting(start); i < end; i = firstCounting(i + 1)) {
      if (!entry.isKnownByCloud(entries.get(i))) {
        return entries.get(i);
      }
    }
    return null;
  }

  /** Whether the vector of {@code entry}'s context covers {@code other}, of this replica. */
  private boolean isSeen(Entry<S, E> other, Entry<S, E> entry) {
    return other.sequence <= entry.seen(number);
  }

  private int firstUnseen(Entry<S, E> entry) {
    lastUnseen = search(lastUnseen, entry.seen(number), null);
    return lastUnseen;
  }

  private int firstBeyond(long sequence) {
    return search(entries.size(), sequence, null);
  }

  private int firstNotBefore(Entry<S, E> place) {
    lastPlace = search(lastPlace, 0, place);
    return lastPlace;
  }

  /** How many entries, all in front, are before {@code place}, or else not beyond a sequence. */
  private int search(int hint, long sequence, @Nullable Entry<S, E> place) {
    int size = entries.size();
    int low = Math.min(hint, size);
    int high = low;
    int step = 1;
    while (high < size && isInFront(high, sequence, place)) {
      low = high + 1;
      high = Math.min(size, high + step);
      step *= 2;
    }
    if (low == high) {
      step = 1;
      while (low > 0 && !isInFront(low - 1, sequence, place)) {
        high = low - 1;
        low = Math.max(0, low - step);
        step *= 2;
      }
    }
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (isInFront(middle, sequence, place)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private boolean isInFront(int i, long sequence, @Nullable Entry<S, E> place) {
    Entry<S, E> entry = entries.get(i);
    return place == null ? entry.sequence <= sequence : entry.compareTo(place) < 0;
  }

  private boolean bit(int i) {
    return (counting[i >> 6] & 1L << i) != 0;
  }

  private void setBit(int i, boolean value) {
    if (i >> 6 >= counting.length) {
      counting = Arrays.copyOf(counting, Math.max(counting.length * 2, (i >> 6) + 1));
    }
    if (value) {
      counting[i >> 6] |= 1L << i;
    } else {
      counting[i >> 6] &= ~(1L << i);
    }
  }

  /** The first that counts at {@code from} or after it; the size if there is none. */
  private int firstCounting(int from) {
    int size = entries.size();
    if (from >= size) {
      return size;
    }
    int word = from >> 6;
    long bits = counting[word] & -1L << from;
    while (bits == 0) {
      if (++word << 6 >= size) {
        return size;
      }
      bits = counting[word];
    }
    return (word << 6) + Long.numberOfTrailingZeros(bits);
  }

  /** The last that counts at {@code from} or before it; -1 if there is none. */
  private int lastCounting(int from) {
    if (from < 0) {
      return -1;
    }
    int word = from >> 6;
    long bits = counting[word] & -1L >>> (63 - (from & 63));
    while (bits == 0) {
      if (--word < 0) {
        return -1;
      }
      bits = counting[word];
    }
    return (word << 6) + 63 - Long.numberOfLeadingZeros(bits);
  }
}
