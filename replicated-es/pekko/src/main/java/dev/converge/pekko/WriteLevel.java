package dev.converge.pekko;

/**
 * On how many replicas the events of a command must be committed before it is answered. Whatever
 * the level, they are committed here first, and are not taken back if the level is not reached.
 */
public sealed interface WriteLevel {
  /** Here. */
  record Local() implements WriteLevel {}

  /**
   * On so many, this one included.
   *
   * @param count at least 1
   */
  record Replicas(int count) implements WriteLevel {
    /**
     * Checks the count.
     *
     * @throws IllegalArgumentException if it is below 1
     */
    public Replicas {
      if (count < 1) {
        throw new IllegalArgumentException("a write is on at least 1 replica, not " + count);
      }
    }
  }

  /** On more than half of the present set of replicas. */
  record Majority() implements WriteLevel {}

  /** Here. */
  static WriteLevel local() {
    return new Local();
  }

  /**
   * On so many replicas, this one included.
   *
   * @throws IllegalArgumentException if that is below 1
   */
  static WriteLevel replicas(int count) {
    return new Replicas(count);
  }

  /** On more than half of the present set of replicas. */
  static WriteLevel majority() {
    return new Majority();
  }
}
