package dev.converge.engine.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** One history of 3 to 7 replicas, from one seed. */
final class Simulation {
  /** How long everything may take to be well again, once the faults are over. */
  private static final int PATIENCE = 3_000;

  private static final int LOOK = 20;

  /** What one run came to. */
  record Outcome(long traceHash, List<Long> counts) {}

  private final World world;
  private final Faults faults;
  private final List<Action> actions;

  private Simulation(long seed, Mutation mutation, Set<Integer> leftOut, Trace trace) {
    Settings settings = Settings.of(seed);
    this.world = new World(seed, settings, mutation, trace);
    this.faults = new Faults(world);
    this.actions = new ArrayList<>(Schedule.of(seed, settings));
    for (int i = actions.size() - 1; i >= 0; i--) {
      if (leftOut.contains(i)) {
        actions.remove(i);
      }
    }
  }

  /** Runs one history to its end. Throws if an invariant does not hold. */
  static Outcome run(long seed, Mutation mutation) {
    return run(seed, mutation, Set.of(), new Trace(0));
  }

  /**
   * As {@link #run(long, Mutation)}.
   *
   * @param leftOut which actions of the schedule do not happen
   * @param trace where to write down what happens
   */
  static Outcome run(long seed, Mutation mutation, Set<Integer> leftOut, Trace trace) {
    return new Simulation(seed, mutation, leftOut, trace).run();
  }

  private Outcome run() {
    world.start();
    for (Action action : actions) {
      world.at(action.time(), () -> faults.carryOut(action));
    }
    world.at(Schedule.TURBULENT, faults::calm);
    Healing healing = new Healing(world);
    long look = Schedule.TURBULENT + LOOK;
    String lacks = "calm";
    while (lacks != null && world.nextTime() < Schedule.TURBULENT + PATIENCE) {
      if (world.nextTime() >= look) {
        lacks = healing.lacks();
        look = world.nextTime() + LOOK;
      } else {
        world.step();
      }
    }
    if (lacks != null) {
      throw new AssertionError("not well again: " + lacks);
    }
    healing.check();
    world.trace().add(world.now(), "end", healing.fingerprint());
    return new Outcome(world.trace().hash(), Arrays.stream(world.counts()).boxed().toList());
  }
}
