package dev.converge.crdt.causal;

import dev.converge.crdt.clock.Dot;

/**
 * One dot was found with two different contents, so two writers used one replica id, or a replica
 * lost its memory and kept its id. The states are not merged. The writer must get a new
 * incarnation; which of the contents to keep is for a person to decide.
 */
public final class DotConflictException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private final transient Dot dot;

  /** Reports that {@code dot} was seen with {@code first} and with {@code second}. */
  public DotConflictException(Dot dot, Object first, Object second) {
    super(
        "dot "
            + dot
            + " stands for two things: "
            + first
            + " and "
            + second
            + "; replica "
            + dot.replica()
            + " has been used by two writers, or lost its memory and kept its id");
    this.dot = dot;
  }

  /** The dot. */
  public Dot dot() {
    return dot;
  }
}
