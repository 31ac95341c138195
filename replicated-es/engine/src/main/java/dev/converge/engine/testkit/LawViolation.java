package dev.converge.engine.testkit;

/** A model breaks a law. The message has the smallest history that was found, and how to rerun. */
public final class LawViolation extends AssertionError {
  private static final long serialVersionUID = 1L;

  private final transient EntityLaws.Law law;
  private final long seed;
  private final int historySize;

  LawViolation(EntityLaws.Law law, long seed, int historySize, String message) {
    super(message);
    this.law = law;
    this.seed = seed;
    this.historySize = historySize;
  }

  /** The law that is broken. */
  public EntityLaws.Law law() {
    return law;
  }

  /** The seed of the history. */
  public long seed() {
    return seed;
  }

  /** How many events the smallest history that was found has. */
  public int historySize() {
    return historySize;
  }
}
