package dev.converge.benchmarks;

import dev.converge.benchmarks.FoldHistories.Mix;
import dev.converge.benchmarks.FoldHistories.Write;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.IndexedFold;
import dev.converge.engine.fold.NaiveFold;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a late event and a late batch cost in a tail of 10,000 events, beside the naive fold of the
 * same events: prints a table. The handler costs next to nothing and hides nothing, so what is
 * measured is the fold itself, without early stops: the worst place, the beginning of the tail.
 *
 * <p>The figures are CPU time of the one thread, so that other work on the machine counts little;
 * of the late event also the worst time by the clock.
 *
 * <p>Arguments: how many times each figure is taken (15), and how many events the naive fold is
 * given (2,000; it is quadratic, so the column says what it took for these alone).
 */
public final class FoldReport {
  private static final int TAIL = 10_000;
  private static final int BATCH = 5_000;
  private static final int WARM_UP = 10;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private FoldReport() {}

  /** Prints the table. */
  public static void main(String[] args) {
    int times = args.length > 0 ? Integer.parseInt(args[0]) : 15;
    int naive = args.length > 1 ? Integer.parseInt(args[1]) : 2_000;
    System.out.println(
        "| resolver | keys | one late event, ms (median / worst by the clock)"
            + " | 5,000 late in one batch, ms | append one, µs | naive, "
            + naive
            + " + 1 events, ms | indexed, the same, from nothing, ms |");
    System.out.println("| --- | --- | --- | --- | --- | --- | --- |");
    for (String resolver :
        List.of("none", "last-writer-wins", "first-writer-wins", "field-merge", "escalate")) {
      for (int keys : new int[] {1, 100, 5_000}) {
        row(resolver, keys, times, naive);
      }
    }
  }

  private static void row(String resolver, int keys, int times, int naive) {
    Mix model = new Mix(FoldHistories.resolver(resolver));
    List<ReplicatedEvent<Write>> tail = FoldHistories.tail(TAIL, keys);
    List<ReplicatedEvent<Write>> one = FoldHistories.late(1, TAIL, keys);
    List<ReplicatedEvent<Write>> batch = FoldHistories.late(BATCH, TAIL, keys);
    double[] late = new double[times];
    double[] lateByClock = new double[times];
    double[] many = new double[times];
    double[] append = new double[times];
    double[] whole = new double[times];
    List<ReplicatedEvent<Write>> few = new ArrayList<>(tail.subList(0, naive));
    few.addAll(one);
    for (int i = -WARM_UP; i < times; i++) {
      int at = Math.max(i, 0);
      IndexedFold<Long, Write> fold = new IndexedFold<>(model);
      append[at] = cpu(() -> tail.forEach(event -> fold.insert(List.of(event)))) * 1_000 / TAIL;
      long start = System.nanoTime();
      late[at] = cpu(() -> fold.insert(one));
      lateByClock[at] = (System.nanoTime() - start) / 1e6;
      IndexedFold<Long, Write> other = new IndexedFold<>(model);
      other.insert(tail);
      many[at] = cpu(() -> other.insert(batch));
      whole[at] = cpu(() -> new IndexedFold<>(model).insert(few));
      if (fold.state() + other.state() == 42) {
        System.out.println("unlikely");
      }
    }
    double slow = Double.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      slow = Math.min(slow, cpu(() -> NaiveFold.fold(model, few)));
    }
    for (double[] figures : List.of(late, lateByClock, many, append, whole)) {
      Arrays.sort(figures);
    }
    System.out.printf(
        "| %s | %d | %.1f / %.1f | %.1f | %.2f | %.0f | %.1f |%n",
        resolver,
        keys,
        late[times / 2],
        lateByClock[times - 1],
        many[times / 2],
        append[times / 2],
        slow,
        whole[times / 2]);
  }

  /** Milliseconds of CPU time. */
  private static double cpu(Runnable what) {
    long start = THREADS.getCurrentThreadCpuTime();
    what.run();
    return (THREADS.getCurrentThreadCpuTime() - start) / 1e6;
  }
}
