package dev.converge.engine.simulation;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/** Decides which messages arrive, how often and how late. */
final class SimulatedNetwork {
  private record Link(int from, int to) {}

  private final Random random;
  private final Set<Link> cutForGood = new HashSet<>();
  private final Set<Link> cut = new HashSet<>();
  private final double loss;
  private final double duplication;
  private final int slowest;

  SimulatedNetwork(Random random) {
    this.random = random;
    this.loss = random.nextInt(3) * 0.15;
    this.duplication = random.nextInt(3) * 0.1;
    this.slowest = 1 + random.nextInt(60);
  }

  /** No message ever passes between the two. */
  void cutForGood(int a, int b) {
    cutForGood.add(new Link(a, b));
    cutForGood.add(new Link(b, a));
  }

  /** Two sides that do not hear each other; or, one way only, one that is not heard. */
  void partition(int nodes) {
    cut.clear();
    int side = 1 + random.nextInt((1 << nodes) - 2);
    boolean oneWay = random.nextInt(4) == 0;
    for (int from = 0; from < nodes; from++) {
      for (int to = 0; to < nodes; to++) {
        boolean fromInside = (side >> from & 1) == 1;
        boolean toInside = (side >> to & 1) == 1;
        if ((fromInside && !toInside) || (!oneWay && !fromInside && toInside)) {
          cut.add(new Link(from, to));
        }
      }
    }
  }

  void heal() {
    cut.clear();
  }

  boolean isCut(int from, int to) {
    Link link = new Link(from, to);
    return cut.contains(link) || cutForGood.contains(link);
  }

  /** How many copies of a message set out. */
  int copies() {
    if (random.nextDouble() < loss) {
      return 0;
    }
    return random.nextDouble() < duplication ? 2 : 1;
  }

  int delay() {
    return 1 + random.nextInt(slowest);
  }
}
