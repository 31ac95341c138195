package dev.converge.engine.conflict;

/** What becomes of two creations of one thing that do not know of each other. */
public enum CreatePolicy {
  /** Both take effect, the later one on top of the earlier: the handler adds to what is there. */
  MERGE,
  /** The first in the total order stands, and later ones are discarded. */
  FIRST_WINS
}
