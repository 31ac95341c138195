package dev.converge.pekko.membership;

/** What is broken on purpose, to see the tests fail. */
enum SimFault {
  NONE(1),
  /** What the machine decided is not stored; a crash forgets it. */
  EFFECTS_BEFORE_STORED(44),
  /** A row on its way into the journal does not hold up the closing of its log. */
  CLOSED_WHILE_STORING(66),
  /** Nothing is carried over from a former incarnation. */
  NO_CARRY_OVER(1);

  /** The first history that showed it when this was written. */
  final long seed;

  SimFault(long seed) {
    this.seed = seed;
  }
}
