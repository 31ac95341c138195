package dev.converge.crdt.binary;

import java.util.Arrays;

/**
 * Numbers as {@link BinaryWriter#writeRuns} writes them, read and checked but not spread out: as
 * long as the bytes are, whatever the count. {@link #next} goes through them once.
 */
final class Runs {
  private long[] numbers = new long[4];

  /** Where each run ends. */
  private int[] ends = new int[4];

  private int at;
  private int run;

  private Runs() {}

  static Runs read(BinaryReader in, int count) {
    Runs runs = new Runs();
    int size = 0;
    for (int i = 0; i < count; ) {
      long number = in.readZigZag();
      int length = in.readInt(count - i);
      if (length == 0 || (size > 0 && number == runs.numbers[size - 1])) {
        throw in.malformed("a run that is empty, or that continues the one before");
      }
      if (size == runs.ends.length) {
        runs.numbers = Arrays.copyOf(runs.numbers, 2 * size);
        runs.ends = Arrays.copyOf(runs.ends, 2 * size);
      }
      i += length;
      runs.numbers[size] = number;
      runs.ends[size++] = i;
    }
    return runs;
  }

  /** The next number; there must be one. */
  long next() {
    if (at == ends[run]) {
      run++;
    }
    at++;
    return numbers[run];
  }

  /** All of them, none of which has been taken. */
  long[] spread(int count) {
    long[] all = new long[count];
    for (int i = 0, r = 0; i < count; r++) {
      Arrays.fill(all, i, ends[r], numbers[r]);
      i = ends[r];
    }
    return all;
  }
}
