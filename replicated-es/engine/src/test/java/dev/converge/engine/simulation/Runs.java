package dev.converge.engine.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Runs many seeds, on all cores, and adds up what happened in them. */
final class Runs {
  private final Mutation mutation;
  private final Set<Integer> leftOut;
  private final long[] counts = new long[Coverage.values().length];
  private long histories;

  Runs(Mutation mutation, Set<Integer> leftOut) {
    this.mutation = mutation;
    this.leftOut = leftOut;
  }

  /** Runs the seeds from {@code first} to {@code last}; stops at one that fails, and says why. */
  void run(long first, long last) throws InterruptedException {
    int threads = (int) Math.min(Runtime.getRuntime().availableProcessors(), last - first + 1);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      AtomicLong next = new AtomicLong(first);
      List<Future<?>> workers = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        workers.add(pool.submit(() -> work(next, last)));
      }
      for (Future<?> worker : workers) {
        worker.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AssertionError failure) {
        throw failure;
      }
      throw new AssertionError(e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }

  private void work(AtomicLong next, long last) {
    for (long seed = next.getAndIncrement(); seed <= last; seed = next.getAndIncrement()) {
      try {
        add(Simulation.run(seed, mutation, leftOut, new Trace(0)).counts());
      } catch (RuntimeException | AssertionError e) {
        next.set(last + 1);
        throw Failure.of(seed, mutation, leftOut, e);
      }
    }
  }

  private synchronized void add(List<Long> more) {
    histories++;
    for (int i = 0; i < counts.length; i++) {
      counts[i] += more.get(i);
    }
  }

  /** What did not happen in any of them. */
  List<Coverage> missing() {
    List<Coverage> missing = new ArrayList<>();
    for (Coverage what : Coverage.values()) {
      if (count(what) == 0) {
        missing.add(what);
      }
    }
    return missing;
  }

  @SuppressWarnings("EnumOrdinal") // see World.count
  private long count(Coverage what) {
    return counts[what.ordinal()];
  }

  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(", ", histories + " histories: ", "");
    for (Coverage what : Coverage.values()) {
      text.add(count(what) + " " + what);
    }
    return text.toString();
  }
}
