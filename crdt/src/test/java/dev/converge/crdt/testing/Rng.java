package dev.converge.crdt.testing;

import java.util.List;
import java.util.Random;

/** What a case is made from: random numbers, all of them from the seed. Not thread-safe. */
public final class Rng {
  private final Random random;
  private final int letters;

  /** The numbers of {@code seed}. */
  public Rng(long seed) {
    this.random = new Random(seed);
    // Few letters force conflicts; now and then many, for states that are larger than deltas.
    this.letters = random.nextInt(16) == 0 ? 26 : 2 + random.nextInt(2);
  }

  /** 0 to {@code bound - 1}. */
  public int below(int bound) {
    return random.nextInt(bound);
  }

  /** One of them. */
  public <T> T pick(List<T> choices) {
    return choices.get(below(choices.size()));
  }

  /** True once in {@code n} times. */
  public boolean oneIn(int n) {
    return below(n) == 0;
  }

  /** A letter, from an alphabet of two or three in most cases. */
  public String letter() {
    return String.valueOf((char) ('a' + below(letters)));
  }

  /** Whether this case has more than a few letters, so should be longer. */
  public boolean isWide() {
    return letters > 3;
  }

  /** Any long. */
  public long anyLong() {
    return random.nextLong();
  }
}
