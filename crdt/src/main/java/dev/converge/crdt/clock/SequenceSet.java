package dev.converge.crdt.clock;

import dev.converge.crdt.persistent.PersistentLongMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A persistent set of sequence numbers of one replica: words of 64 bits, so that runs are small.
 * {@link #contains}, {@link #with} and {@link #withoutLowest} cost O(log n).
 */
final class SequenceSet {
  static final SequenceSet EMPTY = new SequenceSet(PersistentLongMap.empty(), 0, 0);

  /** By {@code sequence / 64}; no word is 0. */
  private final PersistentLongMap<Long> words;

  private final long size;

  /** The highest number; 0 if there is none. Valid because numbers only leave from the low end. */
  private final long max;

  private SequenceSet(PersistentLongMap<Long> words, long size, long max) {
    this.words = words;
    this.size = size;
    this.max = max;
  }

  long size() {
    return size;
  }

  long max() {
    return max;
  }

  private long word(long sequence) {
    Long word = words.get(sequence >>> 6);
    return word == null ? 0 : word;
  }

  boolean contains(long sequence) {
    return sequence <= max && (word(sequence) >>> sequence & 1) != 0;
  }

  /**
   * Whether all from {@code first} to {@code last} are here. O(log n) if there is no gap in the
   * set, else a step for each 64.
   */
  boolean containsRange(long first, long last) {
    long min = min();
    if (max - min == size - 1) {
      return first >= min && last <= max;
    }
    for (long key = first >>> 6; key <= last >>> 6; key++) {
      long wanted = key == first >>> 6 ? -1L << first : -1L;
      wanted &= key == last >>> 6 ? -1L >>> ~last : -1L;
      if ((word(key << 6) & wanted) != wanted) {
        return false;
      }
    }
    return true;
  }

  /** The lowest number; one more than {@link #max} if there is none. */
  private long min() {
    if (size == 0) {
      return max + 1;
    }
    long key = words.firstKey();
    return (key << 6) + Long.numberOfTrailingZeros(word(key << 6));
  }

  SequenceSet with(long sequence) {
    long word = word(sequence);
    long changed = word | 1L << sequence;
    return changed == word
        ? this
        : new SequenceSet(words.put(sequence >>> 6, changed), size + 1, Math.max(max, sequence));
  }

  /** With all from {@code first} to {@code last}; O((last − first) / 64 · log n). */
  SequenceSet withRange(long first, long last) {
    PersistentLongMap<Long> wider = words;
    long added = 0;
    for (long key = first >>> 6; key <= last >>> 6; key++) {
      long from = key == first >>> 6 ? -1L << first : -1L;
      long to = key == last >>> 6 ? -1L >>> ~last : -1L;
      long word = word(key << 6);
      long changed = word | (from & to);
      if (changed != word) {
        wider = wider.put(key, changed);
        added += Long.bitCount(changed) - Long.bitCount(word);
      }
    }
    return added == 0 ? this : new SequenceSet(wider, size + added, Math.max(max, last));
  }

  /** Without {@code sequence}, which must be the lowest number. */
  SequenceSet withoutLowest(long sequence) {
    if (size == 1) {
      return EMPTY;
    }
    long changed = word(sequence) & ~(1L << sequence);
    return new SequenceSet(
        changed == 0 ? words.remove(sequence >>> 6) : words.put(sequence >>> 6, changed),
        size - 1,
        max);
  }

  /** Those above {@code bound}, where all numbers are known to be above {@code lower} already. */
  SequenceSet above(long lower, long bound) {
    if (bound >= max) {
      return EMPTY;
    }
    SequenceSet[] result = {this};
    if (bound - lower <= size) {
      for (long s = lower; s < bound; s++) {
        if (contains(s + 1)) {
          result[0] = result[0].withoutLowest(s + 1);
        }
      }
    } else {
      result[0] = EMPTY;
      forEach(s -> result[0] = s > bound ? result[0].with(s) : result[0]);
    }
    return result[0];
  }

  /** Ascending. */
  void forEach(LongConsumer action) {
    words.forEach(
        (key, word) -> {
          for (long rest = word; rest != 0; rest &= rest - 1) {
            action.accept((key << 6) + Long.numberOfTrailingZeros(rest));
          }
        });
  }

  /** What {@link #forEachRun} calls. */
  @FunctionalInterface
  interface RunConsumer {
    /** All numbers from {@code first} to {@code last}. */
    void accept(long first, long last);
  }

  /** The longest runs, ascending. A step for each run, and for each 64 numbers. */
  void forEachRun(RunConsumer action) {
    long[] run = {0, -1}; // none has begun
    words.forEach(
        (key, word) -> {
          long rest = word;
          while (rest != 0) {
            int from = Long.numberOfTrailingZeros(rest);
            int length = Long.numberOfTrailingZeros(~(rest >>> from));
            long first = (key << 6) + from;
            if (run[1] < 0 || first - 1 != run[1]) {
              if (run[1] >= 0) {
                action.accept(run[0], run[1]);
              }
              run[0] = first;
            }
            run[1] = first + length - 1;
            rest = from + length == Long.SIZE ? 0 : rest & (-1L << (from + length));
          }
        });
    if (run[1] >= 0) {
      action.accept(run[0], run[1]);
    }
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof SequenceSet other && words.equals(other.words);
  }

  @Override
  public int hashCode() {
    return words.hashCode();
  }
}
