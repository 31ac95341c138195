package dev.converge.benchmarks;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/** The measurements of {@link StoreReport}. */
final class StoreRows {
  private static final int IN_FLIGHT = 100;
  private static final int WARMING_SETS = 200;
  private static final long LIMIT_MILLIS = 60_000;
  private static final long ARRIVAL_LIMIT_MILLIS = 30_000;

  private StoreRows() {}

  private static StoreSide open(StoreSide.Factory factory, int nodes) {
    StoreSide side = factory.open();
    for (int i = 0; i < nodes; i++) {
      side.addNode();
    }
    return side;
  }

  /** Milliseconds until an update is seen at both other nodes. */
  static String latency(StoreSide.Factory factory, int updates) {
    try (StoreSide side = open(factory, 3)) {
      long[] micros = new long[updates];
      for (int i = -20; i < updates; i++) { // 20 to warm up
        int node = Math.floorMod(i, 3);
        String key = "latency-" + i;
        long start = System.nanoTime();
        side.increment(node, key).toCompletableFuture().join();
        Waiting.until(
            "an update at both others",
            ARRIVAL_LIMIT_MILLIS,
            () -> side.count((node + 1) % 3, key) == 1 && side.count((node + 2) % 3, key) == 1);
        if (i >= 0) {
          micros[i] = (System.nanoTime() - start) / 1_000;
        }
        LockSupport.parkNanos(5_000_000);
      }
      Arrays.sort(micros);
      return String.format(
          "%.1f / %.1f", micros[updates / 2] / 1_000.0, micros[updates * 99 / 100] / 1_000.0);
    }
  }

  /**
   * Updates a second at one of three nodes, with some in flight, after as many to warm up. A set is
   * measured from its first element on, as it gets slower while it grows; sets of a thousand are
   * written to before.
   */
  static String throughput(StoreSide.Factory factory, int updates, String what) {
    try (StoreSide side = open(factory, 3)) {
      Random random = new Random(1);
      IntFunction<CompletionStage<?>> update =
          switch (what) {
            case "counter" -> i -> side.increment(0, "hits");
            case "keys" -> i -> side.increment(0, "key-" + random.nextInt(updates));
            default -> i -> side.add(0, "set", "element-" + i);
          };
      if (what.equals("elements")) {
        run(WARMING_SETS * 1_000, i -> side.add(0, "set-" + i / 1_000, "element-" + i));
      } else {
        run(updates, update);
      }
      long start = System.nanoTime();
      run(updates, i -> update.apply(i + updates));
      return String.format("%,.0f", updates * 1e9 / (System.nanoTime() - start));
    }
  }

  private static void run(int count, IntFunction<CompletionStage<?>> update) {
    Deque<CompletionStage<?>> flying = new ArrayDeque<>();
    for (int i = 0; i < count; i++) {
      if (flying.size() >= IN_FLIGHT) {
        flying.remove().toCompletableFuture().join();
      }
      flying.add(update.apply(i));
    }
    flying.forEach(stage -> stage.toCompletableFuture().join());
  }

  /** Seconds until a node that joins has all keys. */
  static String join(StoreSide.Factory factory, int keys) {
    try (StoreSide side = open(factory, 2)) {
      run(keys, i -> side.increment(i % 2, "key-" + i));
      long start = System.nanoTime();
      side.addNode();
      Waiting.until("all keys at the third", 2 * LIMIT_MILLIS, () -> side.keys(2) >= keys);
      return String.format("%.1f", (System.nanoTime() - start) / 1e9);
    }
  }

  /** Seconds until a node that joins has a large set. */
  static String set(StoreSide.Factory factory, int elements) {
    try (StoreSide side = open(factory, 2)) {
      run(elements, i -> side.add(i % 2, "set", new UUID(i * 7_919L, ~i).toString()));
      Waiting.until("the set at both", LIMIT_MILLIS, () -> side.size(0, "set") == elements);
      long start = System.nanoTime();
      side.addNode();
      Waiting.until("the set at the third", LIMIT_MILLIS, () -> side.size(2, "set") == elements);
      return String.format("%.1f", (System.nanoTime() - start) / 1e9);
    }
  }

  /** Heap of three nodes after a tenth of many creations and deletions of keys, and after all. */
  static String churn(StoreSide.Factory factory, int keys) {
    try (StoreSide side = open(factory, 3)) {
      long first = 0;
      for (int tenth = 0; tenth < 10; tenth++) {
        int from = tenth * (keys / 10);
        run(
            keys / 10,
            i ->
                side.increment(i % 3, "key-" + (from + i))
                    .thenCompose(done -> side.delete(i % 3, "key-" + (from + i))));
        if (tenth == 0) {
          Waiting.until("deletions", LIMIT_MILLIS, () -> isEmpty(side));
          first = heap();
        }
      }
      Waiting.until("deletions", LIMIT_MILLIS, () -> isEmpty(side));
      long last = heap();
      return String.format("%.1f / %.1f MB", first / 1e6, last / 1e6);
    }
  }

  private static boolean isEmpty(StoreSide side) {
    return side.keys(0) + side.keys(1) + side.keys(2) == 0;
  }

  /** Bytes in use after collections that have come to rest. */
  static long heap() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      LockSupport.parkNanos(300_000_000);
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}
