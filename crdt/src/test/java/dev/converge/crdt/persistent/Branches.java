package dev.converge.crdt.persistent;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Two histories whose first half is common, so that what comes of them shares structure. */
final class Branches {
  private Branches() {}

  /**
   * Runs steps on one of two sides.
   *
   * @param onSecond whether a step of the second half is for the second side; the first half is the
   *     first side's
   * @param fork makes the second side what the first is; done once, after the first half
   */
  static <T> void run(
      List<T> steps, Predicate<T> onSecond, Consumer<T> first, Consumer<T> second, Runnable fork) {
    int common = steps.size() / 2;
    steps.subList(0, common).forEach(first);
    if (common > 0) {
      fork.run();
    }
    for (T step : steps.subList(common, steps.size())) {
      (onSecond.test(step) ? second : first).accept(step);
    }
  }
}
