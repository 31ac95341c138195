package dev.converge.benchmarks;

import dev.converge.benchmarks.FoldHistories.Mix;
import dev.converge.benchmarks.FoldHistories.Write;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.IndexedFold;
import dev.converge.engine.fold.NaiveFold;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a late event and a late batch cost in a tail of 10,000 events, beside the naive fold of the
 * same events: prints a table. The handler costs next to nothing and hides nothing, so what is
 * measured is the fold itself, without early stops: the worst place, the beginning of the tail.
 *
 * <p>Arguments: how many times each figure is taken (15), and how many events the naive fold is
 * given (2,000; it is quadratic, so the column says what it took for these alone).
 */
public final class FoldReport {
  private static final int TAIL = 10_000;
  private static final int BATCH = 5_000;

  private FoldReport() {}

  /** Prints the table. */
  public static void main(String[] args) {
    int times = args.length > 0 ? Integer.parseInt(args[0]) : 15;
    int naive = args.length > 1 ? Integer.parseInt(args[1]) : 2_000;
    System.out.println(
        "| resolver | keys | one late event, ms (median / worst) | 5,000 late, ms | append one, µs |"
            + " naive, "
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
    double[] many = new double[times];
    double[] append = new double[times];
    double[] whole = new double[times];
    List<ReplicatedEvent<Write>> few = new ArrayList<>(tail.subList(0, naive));
    few.addAll(one);
    for (int i = -3; i < times; i++) {
      int at = Math.max(i, 0);
      IndexedFold<Long, Write> fold = new IndexedFold<>(model);
      append[at] = millis(() -> tail.forEach(event -> fold.insert(List.of(event)))) * 1_000 / TAIL;
      late[at] = millis(() -> fold.insert(one));
      IndexedFold<Long, Write> other = new IndexedFold<>(model);
      other.insert(tail);
      many[at] = millis(() -> other.insert(batch));
      whole[at] = millis(() -> new IndexedFold<>(model).insert(few));
      if (fold.state() + other.state() == 42) {
        System.out.println("unlikely");
      }
    }
    double slow = millis(() -> NaiveFold.fold(model, few));
    for (double[] figures : List.of(late, many, append, whole)) {
      Arrays.sort(figures);
    }
    System.out.printf(
        "| %s | %d | %.1f / %.1f | %.1f / %.1f | %.2f | %.0f | %.1f |%n",
        resolver,
        keys,
        late[times / 2],
        late[times - 1],
        many[times / 2],
        many[times - 1],
        append[times / 2],
        slow,
        whole[times / 2]);
  }

  private static double millis(Runnable what) {
    long start = System.nanoTime();
    what.run();
    return (System.nanoTime() - start) / 1e6;
  }
}
