package dev.converge.engine.fold;

import java.util.Arrays;

/** A growing sequence of bits that finds the next one that is set, 64 at a time. */
final class Bits {
  private long[] words = new long[1];

  /** Puts an unset bit at {@code at}; those behind it, up to {@code size}, move up. */
  void insert(int at, int size) {
    if (size >> 6 >= words.length) {
      words = Arrays.copyOf(words, words.length * 2);
    }
    int word = at >> 6;
    for (int i = size >> 6; i > word; i--) {
      words[i] = words[i] << 1 | words[i - 1] >>> 63;
    }
    long below = (1L << at) - 1;
    words[word] = (words[word] & below) | (words[word] & ~below) << 1;
  }

  void set(int at, boolean value) {
    if (value) {
      words[at >> 6] |= 1L << at;
    } else {
      words[at >> 6] &= ~(1L << at);
    }
  }

  /** Lets go of the first {@code count} of {@code size} bits. */
  void dropFirst(int count, int size) {
    long[] left = new long[((size - count) >> 6) + 1];
    int shift = count & 63;
    for (int i = 0; i < left.length; i++) {
      int word = (count >> 6) + i;
      long low = word < words.length ? words[word] >>> shift : 0;
      long high = shift > 0 && word + 1 < words.length ? words[word + 1] << (64 - shift) : 0;
      left[i] = low | high;
    }
    words = left;
  }

  /**
   * The first that is set from {@code from} to before {@code end}; {@code end} if there is none.
   */
  int next(int from, int end) {
    if (from >= end) {
      return end;
    }
    int word = from >> 6;
    long bits = words[word] & -1L << from;
    while (bits == 0) {
      if (++word << 6 >= end) {
        return end;
      }
      bits = words[word];
    }
    return Math.min(end, (word << 6) + Long.numberOfTrailingZeros(bits));
  }

  /** The last that is set from {@code least} up to {@code from}; -1 if there is none. */
  int previous(int from, int least) {
    if (from < least) {
      return -1;
    }
    int word = from >> 6;
    long bits = words[word] & -1L >>> (63 - (from & 63));
    while (bits == 0) {
      if (word << 6 <= least) {
        return -1;
      }
      bits = words[--word];
    }
    int found = (word << 6) + 63 - Long.numberOfLeadingZeros(bits);
    return found < least ? -1 : found;
  }
}
