package dev.converge.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** What is measured of a side; each method opens databases and a side of its own. */
final class EntityRows {
  /** Commands under way at a time. */
  private static final int WINDOW = 500;

  private static final int RATE = 200;
  private static final int LIMIT_SECONDS = 300;

  private EntityRows() {}

  /** Opens databases that nobody has used. */
  interface Databases {
    ReportDatabases open() throws Exception;
  }

  /**
   * Events a second.
   *
   * @param written acknowledged by the replica that was asked
   * @param everywhere applied at all three
   * @param micros CPU time of this process for each, in microseconds
   */
  record Throughput(double written, double everywhere, double micros) {
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%,.0f / %,.0f; %,.0f", written, everywhere, micros);
    }
  }

  /**
   * Events to {@code entities} entities, one of them at one replica, more at all three by turns.
   */
  static Throughput throughput(
      EntitySide.Factory factory, Databases databases, int entities, int events) throws Exception {
    Arrivals arrivals = new Arrivals(events);
    try (EntitySide side = factory.open(databases.open(), arrivals)) {
      List<String> ids = ids(entities);
      wake(side, ids);
      // As much again: with less, most of the time goes to the compiler, on both sides.
      warmUp(side, ids, events);
      CpuByThread cpu = CpuByThread.now();
      long start = System.nanoTime();
      pump(side, ids, 0, events);
      long written = System.nanoTime() - start;
      arrivals.awaitAll(LIMIT_SECONDS);
      CpuByThread used = CpuByThread.now();
      System.err.println("CPU µs an event: " + used.groupsSince(cpu, events));
      return new Throughput(
          events * 1e9 / written,
          events * 1e9 / (arrivals.last() - start),
          used.microsSince(cpu, events));
    }
  }

  /** Milliseconds from a command to its event at the last of three replicas: p50 and p99. */
  static String convergence(EntitySide.Factory factory, Databases databases, int seconds)
      throws Exception {
    int events = seconds * RATE;
    Arrivals arrivals = new Arrivals(events);
    try (EntitySide side = factory.open(databases.open(), arrivals)) {
      List<String> ids = ids(100);
      wake(side, ids);
      warmUp(side, ids, 2_000);
      long[] sent = new long[events];
      Failures failures = new Failures();
      long start = System.nanoTime();
      for (int i = 0; i < events; i++) {
        long due = start + i * 1_000_000_000L / RATE;
        while (System.nanoTime() < due) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
        sent[i] = System.nanoTime();
        side.write(i % Arrivals.REPLICAS, ids.get(i % 100), i).whenComplete(failures::note);
      }
      arrivals.awaitAll(LIMIT_SECONDS);
      failures.check();
      long[] delays = arrivals.delays(sent, events / 4);
      return String.format(
          Locale.ROOT,
          "%.1f / %.1f",
          delays[delays.length / 2] / 1e6,
          delays[delays.length * 99 / 100] / 1e6);
    }
  }

  /** Queries a second and node, and bytes of heap an entity and replica, with idle entities. */
  static String[] idle(EntitySide.Factory factory, Databases databases, int entities)
      throws Exception {
    Arrivals arrivals = new Arrivals(entities);
    ReportDatabases opened = databases.open();
    try (EntitySide side = factory.open(opened, arrivals)) {
      wake(side, ids(1));
      long before = heap();
      List<String> ids = ids(entities);
      wake(side, ids);
      pump(side, ids, 0, entities);
      arrivals.awaitAll(LIMIT_SECONDS);
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(5));
      opened.count();
      long counted = opened.counted();
      long start = System.nanoTime();
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(10));
      double queries =
          (opened.counted() - counted) * 1e9 / (System.nanoTime() - start) / Arrivals.REPLICAS;
      long bytes = (heap() - before) / entities / Arrivals.REPLICAS;
      return new String[] {
        String.format(Locale.ROOT, "%,.1f", queries), String.format(Locale.ROOT, "%,d", bytes)
      };
    }
  }

  /** Milliseconds until an entity with that many events answers after a restart; the median. */
  static String recovery(EntitySide.Factory factory, Databases databases, int events)
      throws Exception {
    Arrivals arrivals = new Arrivals(events);
    try (EntitySide side = factory.open(databases.open(), arrivals)) {
      List<String> ids = ids(1);
      wake(side, ids);
      pump(side, ids, 0, events);
      arrivals.awaitAll(LIMIT_SECONDS);
      double[] times = new double[5];
      for (int i = 0; i < times.length; i++) {
        side.restart();
        get(side.wake(0, "other")); // the connections are open, the journal is started
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));
        long start = System.nanoTime();
        get(side.wake(0, ids.get(0)));
        times[i] = (System.nanoTime() - start) / 1e6;
      }
      Arrays.sort(times);
      return String.format(Locale.ROOT, "%,.0f", times[times.length / 2]);
    }
  }

  private static List<String> ids(int entities) {
    List<String> ids = new ArrayList<>(entities);
    for (int i = 0; i < entities; i++) {
      ids.add("e" + i);
    }
    return ids;
  }

  private static void wake(EntitySide side, List<String> ids) throws Exception {
    Semaphore window = new Semaphore(WINDOW);
    Failures failures = new Failures();
    for (String id : ids) {
      for (int replica = 0; replica < Arrivals.REPLICAS; replica++) {
        acquire(window);
        side.wake(replica, id).whenComplete(failures.noteAnd(window::release));
      }
    }
    acquireAll(window);
    failures.check();
  }

  /** With numbers that are not counted. */
  private static void warmUp(EntitySide side, List<String> ids, int events) throws Exception {
    pump(side, ids, -events, 0);
    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(3));
  }

  private static void pump(EntitySide side, List<String> ids, int from, int to) throws Exception {
    Semaphore window = new Semaphore(WINDOW);
    Failures failures = new Failures();
    for (int i = from; i < to; i++) {
      acquire(window);
      int replica = ids.size() == 1 ? 0 : Math.floorMod(i, Arrivals.REPLICAS);
      side.write(replica, ids.get(Math.floorMod(i, ids.size())), i)
          .whenComplete(failures.noteAnd(window::release));
      failures.check();
    }
    acquireAll(window);
    failures.check();
  }

  private static void acquire(Semaphore window) throws Exception {
    if (!window.tryAcquire(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      throw new TimeoutException("no command has completed for " + LIMIT_SECONDS + " s");
    }
  }

  private static void acquireAll(Semaphore window) throws Exception {
    if (!window.tryAcquire(WINDOW, LIMIT_SECONDS, TimeUnit.SECONDS)) {
      throw new TimeoutException("commands have not completed after " + LIMIT_SECONDS + " s");
    }
  }

  private static void get(CompletionStage<?> stage) throws Exception {
    CompletableFuture<?> future = stage.toCompletableFuture();
    future.get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  private static long heap() throws InterruptedException {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(300);
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /** Keeps the first failure of commands under way. */
  private static final class Failures {
    private final AtomicReference<Throwable> first = new AtomicReference<>();

    void note(Object value, Throwable error) {
      if (error != null) {
        first.compareAndSet(null, error);
      }
    }

    <T> java.util.function.BiConsumer<T, Throwable> noteAnd(Runnable then) {
      return (value, error) -> {
        note(value, error);
        then.run();
      };
    }

    void check() {
      if (first.get() != null) {
        throw new IllegalStateException("a command has failed", first.get());
      }
    }
  }
}
