package dev.converge.engine.simulation;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Decides which messages arrive, how often and how late. Links have a direction. */
final class Network {
  private final SplittableRandom random;
  private final double loss;
  private final double duplication;
  private final int slowest;
  private final boolean[][] cut;
  private final boolean[][] cutForGood;
  private boolean calm;

  Network(SplittableRandom random, int machines) {
    this.random = random;
    this.loss = random.nextInt(3) * 0.15;
    this.duplication = random.nextInt(3) * 0.1;
    this.slowest = 1 + random.nextInt(40);
    this.cut = new boolean[machines][machines];
    this.cutForGood = new boolean[machines][machines];
  }

  /** Messages pass between the two at no time before the calm. */
  void cutForGood(int a, int b) {
    cutForGood[a][b] = true;
    cutForGood[b][a] = true;
  }

  /**
   * Two sides that do not hear each other; or, one way only, one that is not heard.
   *
   * @param side a bit for each machine
   */
  void partition(int side, boolean oneWay) {
    heal();
    for (int from = 0; from < cut.length; from++) {
      for (int to = 0; to < cut.length; to++) {
        boolean fromInside = (side >> from & 1) == 1;
        boolean toInside = (side >> to & 1) == 1;
        cut[from][to] = (fromInside && !toInside) || (!oneWay && !fromInside && toInside);
      }
    }
  }

  /** One link, one way. */
  void cut(int from, int to) {
    cut[from][to] = true;
  }

  void heal() {
    for (boolean[] links : cut) {
      Arrays.fill(links, false);
    }
  }

  /** From now on nothing is lost. */
  void calm() {
    heal();
    calm = true;
  }

  boolean isCut(int from, int to) {
    return cut[from][to] || (!calm && cutForGood[from][to]);
  }

  /** How many copies of a message set out. */
  int copies() {
    if (!calm && random.nextDouble() < loss) {
      return 0;
    }
    return random.nextDouble() < duplication ? 2 : 1;
  }

  int slowest() {
    return slowest;
  }

  int delay() {
    return 1 + random.nextInt(slowest);
  }
}
