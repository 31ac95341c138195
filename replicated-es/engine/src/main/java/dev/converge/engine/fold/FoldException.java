package dev.converge.engine.fold;

import dev.converge.crdt.clock.Dot;

/**
 * An entity's handler or resolver threw. The events stay where they are and nothing is lost: the
 * state can be read again once corrected code has folded them.
 */
public final class FoldException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Dot dot;

  FoldException(Dot dot, String what, RuntimeException cause) {
    super(
        what
            + " threw at event "
            + dot
            + ": "
            + cause
            + ". Handlers and resolvers must answer for every event in every state; correct it and"
            + " replay the entity.",
        cause);
    this.dot = dot;
  }

  /** The event that could not be folded. */
  public Dot dot() {
    return dot;
  }
}
