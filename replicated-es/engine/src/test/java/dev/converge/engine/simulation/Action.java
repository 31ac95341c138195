package dev.converge.engine.simulation;

/**
 * Something that the outside does to a world, at a time. Whatever it chooses, it chooses by its
 * salt, so that a history in which others are left out does the same here.
 */
record Action(long time, Kind kind, long salt) implements Comparable<Action> {
  /** What there is. */
  enum Kind {
    COMMAND,
    DECIDE,
    CRASH,
    PARTITION,
    CUT_LINK,
    CLOCK_JUMP,
    LOSE_DISK,
    DESTROY,
    RETIRE,
    FORCE,
    JOIN
  }

  @Override
  public int compareTo(Action other) {
    return Long.compare(time, other.time);
  }

  @Override
  public String toString() {
    return time + " " + kind;
  }
}
