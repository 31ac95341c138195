package dev.converge.crdt.clock;

/**
 * How two points in causal history stand to each other.
 *
 * <pre>{@code
 * Causality how = mine.compare(theirs);
 * boolean both = how == Causality.CONCURRENT;
 * }</pre>
 */
public enum Causality {
  /** Both have seen the same. */
  EQUAL,
  /** The other has seen all of this, and more. */
  BEFORE,
  /** This has seen all of the other, and more. */
  AFTER,
  /** Each has seen something the other has not. */
  CONCURRENT
}
