package dev.converge.engine.support;

import java.util.function.LongConsumer;

/**
 * Runs a check for many seeds. A failure names its seed and how to run it again, alone:
 *
 * <pre>mvn test -pl replicated-es/engine -am -Dtest=... -Dconverge.seed=17</pre>
 *
 * <p>{@code -Dconverge.runs=100000} sets how many.
 */
public final class Seeds {
  private Seeds() {}

  /** Runs seeds 1 to {@code runs}, or the one that was asked for. */
  public static void check(Class<?> test, int runs, LongConsumer check) {
    checkPart(test, runs, 1, check);
  }

  /** As {@link #check}, for costly histories: one for each {@code part} that are asked for. */
  public static void checkPart(Class<?> test, int runs, int part, LongConsumer check) {
    Long only = Long.getLong("converge.seed");
    long first = only == null ? 1 : only;
    int all = Integer.getInteger("converge.runs", runs);
    long last = only == null ? Math.max(1, all / part) : only;
    for (long seed = first; seed <= last; seed++) {
      try {
        check.accept(seed);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(failure(test, seed) + "\n" + e.getMessage(), e);
      }
    }
  }

  /** How to run a seed again. */
  public static String failure(Class<?> test, long seed) {
    return "seed "
        + seed
        + " fails. Again: mvn -pl replicated-es/engine -am test -Dsurefire.failIfNoSpecifiedTests=false -Dtest="
        + test.getSimpleName()
        + " -Dconverge.seed="
        + seed;
  }
}
