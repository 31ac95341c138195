package dev.converge.pekko.membership;

/** What is broken on purpose, to see the tests fail. */
enum SimFault {
  NONE,
  /** What the machine decided is not stored; a crash forgets it. */
  EFFECTS_BEFORE_STORED,
  /** A row on its way into the journal does not hold up the closing of its log. */
  CLOSED_WHILE_STORING,
  /** Nothing is carried over from a former incarnation. */
  NO_CARRY_OVER,
  /** A founder makes the first set without pledges. */
  NO_PLEDGES
}
