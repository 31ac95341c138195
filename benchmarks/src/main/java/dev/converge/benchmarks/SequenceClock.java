package dev.converge.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.function.Supplier;

/** Measures CPU time of this thread, and heap. */
final class SequenceClock {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** Keeps results alive, so that work is not optimised away. */
  private static volatile int sink;

  private SequenceClock() {}

  /** The median of {@code runs} after {@code warmUp} runs that are not counted, in milliseconds. */
  static double median(int warmUp, int runs, Supplier<?> work) {
    for (int i = 0; i < warmUp; i++) {
      sink += System.identityHashCode(work.get());
    }
    double[] times = new double[runs];
    for (int i = 0; i < runs; i++) {
      long start = THREADS.getCurrentThreadCpuTime();
      sink += System.identityHashCode(work.get());
      times[i] = (THREADS.getCurrentThreadCpuTime() - start) / 1e6;
    }
    Arrays.sort(times);
    return times[runs / 2];
  }

  /** Bytes in use after garbage collection. */
  static long heap() {
    for (int i = 0; i < 4; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
