package dev.converge.engine.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A history that failed, for a person: how to see it again, and a smaller one that fails too. To
 * make it smaller, more and more of what the schedule does to the world is left out, as long as it
 * still fails; in the end nothing more can be left out alone.
 */
final class Failure {
  private static final int MOST_RUNS = 250;
  private static final int LAST_LINES = 60;

  private final long seed;
  private final Mutation mutation;
  private final List<Action> schedule;
  private Set<Integer> leftOut;
  private Throwable last;
  private int runs;

  private Failure(long seed, Mutation mutation, Set<Integer> leftOut, Throwable first) {
    this.seed = seed;
    this.mutation = mutation;
    this.schedule = Schedule.of(seed, Settings.of(seed));
    this.leftOut = leftOut;
    this.last = first;
  }

  /**
   * What to say of it.
   *
   * @param leftOut what did not happen already
   */
  static AssertionError of(long seed, Mutation mutation, Set<Integer> leftOut, Throwable first) {
    Failure failure = new Failure(seed, mutation, leftOut, first);
    failure.shrink();
    return failure.report(first);
  }

  private void shrink() {
    for (int chunk = Math.max(1, schedule.size() / 2); chunk > 0; chunk /= 2) {
      boolean smaller = true;
      while (smaller && runs < MOST_RUNS) {
        smaller = false;
        List<Integer> there = kept();
        for (int i = 0; i < there.size() && runs < MOST_RUNS; i += chunk) {
          Set<Integer> more = new TreeSet<>(leftOut);
          more.addAll(there.subList(i, Math.min(there.size(), i + chunk)));
          if (fails(more)) {
            leftOut = more;
            smaller = true;
          }
        }
      }
    }
  }

  private List<Integer> kept() {
    List<Integer> kept = new ArrayList<>();
    for (int i = 0; i < schedule.size(); i++) {
      if (!leftOut.contains(i)) {
        kept.add(i);
      }
    }
    return kept;
  }

  private boolean fails(Set<Integer> without) {
    runs++;
    try {
      Simulation.run(seed, mutation, without, new Trace(0));
      return false;
    } catch (RuntimeException | AssertionError e) {
      last = e;
      return true;
    }
  }

  private AssertionError report(Throwable first) {
    Trace trace = new Trace(LAST_LINES);
    try {
      Simulation.run(seed, mutation, leftOut, trace);
    } catch (RuntimeException | AssertionError e) {
      last = e;
    }
    return new AssertionError(
        "seed "
            + seed
            + (mutation == Mutation.NONE ? "" : " with " + mutation)
            + " fails: "
            + first.getMessage()
            + "\nAgain: "
            + command("")
            + "\nSmaller, "
            + kept().size()
            + " of "
            + schedule.size()
            + " actions: "
            + command(
                " -Dconverge.leaveOut="
                    + leftOut.stream().map(String::valueOf).collect(Collectors.joining(",")))
            + "\n"
            + kept().stream().map(i -> "  " + schedule.get(i)).collect(Collectors.joining("\n"))
            + "\nwhich fails with: "
            + last.getMessage()
            + "\nThe last lines of that:\n"
            + trace,
        last);
  }

  private String command(String more) {
    return "mvn -B -pl replicated-es/engine -am test -Dsurefire.failIfNoSpecifiedTests=false"
        + " -Dtest=SimulationTest -Dconverge.seed="
        + seed
        + more;
  }
}
