package dev.converge.engine.simulation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/** What happens to a world, by its seed. To add a fault: a kind, how often, and what it does. */
final class Schedule {
  /** How long the turbulence lasts. */
  static final int TURBULENT = 400;

  private final SplittableRandom random;
  private final List<Action> actions = new ArrayList<>();

  private Schedule(SplittableRandom random) {
    this.random = random;
  }

  static List<Action> of(long seed, Settings settings) {
    Schedule schedule = new Schedule(new SplittableRandom(seed ^ 0x5C4ED01EL));
    schedule.fill(settings);
    Collections.sort(schedule.actions);
    return schedule.actions;
  }

  private void fill(Settings settings) {
    some(Action.Kind.COMMAND, 5 + random.nextInt(20));
    some(Action.Kind.DECIDE, random.nextInt(4));
    some(Action.Kind.CRASH, random.nextInt(4));
    some(Action.Kind.PARTITION, random.nextInt(4));
    some(Action.Kind.CUT_LINK, random.nextInt(3));
    some(Action.Kind.CLOCK_JUMP, random.nextInt(3));
    some(Action.Kind.JOIN, settings.machines() - settings.replicas());
    if (random.nextInt(3) > 0) {
      some(Action.Kind.LOSE_DISK, random.nextInt(2));
      some(Action.Kind.DESTROY, random.nextInt(5) / 4);
      some(Action.Kind.RETIRE, random.nextInt(3));
      some(Action.Kind.FORCE, random.nextInt(8) / 7);
    }
  }

  private void some(Action.Kind kind, int times) {
    for (int i = 0; i < times; i++) {
      actions.add(new Action(random.nextInt(TURBULENT), kind, random.nextLong()));
    }
  }
}
