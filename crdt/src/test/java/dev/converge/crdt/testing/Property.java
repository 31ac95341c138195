package dev.converge.crdt.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Runs a check on many seeded cases; a case is a list of steps, so it can be made smaller. */
public final class Property {
  /** How many cases a property has, unless {@code -Dconverge.cases} says otherwise. */
  public static final int DEFAULT_CASES = 10_000;

  private static final int MAX_ATTEMPTS = 5_000;
  private static final long DEFAULT_SEED = 20_260_517L;

  private Property() {}

  /** {@code -Dconverge.cases}, else {@link #DEFAULT_CASES}. */
  public static int cases() {
    return Integer.getInteger("converge.cases", DEFAULT_CASES);
  }

  /** {@code -Dconverge.seed}, else a fixed one, so that a build is as good as the one before. */
  public static long seed() {
    return Long.getLong("converge.seed", DEFAULT_SEED);
  }

  /**
   * Checks {@link #cases} cases.
   *
   * @param name what a failure is reported under
   * @param generator makes the steps of one case
   * @param check throws if the steps show a fault; must not keep anything between calls
   * @throws AssertionError if a case fails, with its seed and a smaller case that fails too
   */
  public static <T> void check(
      String name, Function<Rng, List<T>> generator, Consumer<List<T>> check) {
    check(name, cases(), generator, check);
  }

  /** As the other, with a number of cases of its own. */
  public static <T> void check(
      String name, int cases, Function<Rng, List<T>> generator, Consumer<List<T>> check) {
    long seed = seed();
    for (int i = 0; i < cases; i++) {
      // The first case has the seed itself, so that a reported one can be replayed alone.
      long caseSeed = seed + i * 0x9E3779B97F4A7C15L;
      List<T> steps = generator.apply(new Rng(caseSeed));
      Throwable failure = failure(check, steps);
      if (failure != null) {
        throw report(name, i, caseSeed, steps, failure, check);
      }
    }
  }

  private static <T> @Nullable Throwable failure(Consumer<List<T>> check, List<T> steps) {
    try {
      check.accept(steps);
      return null;
    } catch (RuntimeException | AssertionError e) {
      return e;
    }
  }

  private static <T> AssertionError report(
      String name,
      int index,
      long caseSeed,
      List<T> steps,
      Throwable failure,
      Consumer<List<T>> check) {
    List<T> smaller = smaller(steps, check);
    Throwable cause = failure(check, smaller);
    StringBuilder text = new StringBuilder();
    text.append(name).append(": case ").append(index).append(" of seed ").append(seed());
    text.append(" fails; replay it with -Dconverge.seed=").append(caseSeed);
    text.append(" -Dconverge.cases=1\nmade smaller, from ").append(steps.size());
    text.append(" to ").append(smaller.size()).append(" steps:\n");
    smaller.forEach(step -> text.append("  ").append(step).append('\n'));
    Throwable shown = cause == null ? failure : cause;
    return new AssertionError(text + shown.toString(), shown);
  }

  /** Leaves out ever smaller runs of steps as long as what is left still fails. */
  private static <T> List<T> smaller(List<T> steps, Consumer<List<T>> check) {
    List<T> smallest = steps;
    int attempts = 0;
    int run = Math.max(1, steps.size() / 2);
    while (attempts < MAX_ATTEMPTS) {
      boolean shrunk = false;
      for (int from = 0; from < smallest.size() && attempts < MAX_ATTEMPTS; attempts++) {
        List<T> candidate = new ArrayList<>(smallest);
        candidate.subList(from, Math.min(from + run, smallest.size())).clear();
        if (failure(check, candidate) != null) {
          smallest = candidate;
          shrunk = true;
        } else {
          from += run;
        }
      }
      if (run == 1 && !shrunk) {
        break;
      }
      run = Math.max(1, run / 2);
    }
    return smallest;
  }
}
