package dev.converge.engine.fold;

import dev.converge.crdt.clock.Dot;
import org.jspecify.annotations.Nullable;

/**
 * An entity's handler or resolver threw, or, in a checked fold, answered differently for the same
 * input. The events stay where they are and nothing is lost, but there is no state to show: it can
 * be read again once corrected code has folded them.
 */
public final class FoldException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Dot dot;

  private FoldException(
      FoldOptions options, Dot dot, String what, String detail, @Nullable Throwable cause) {
    super(
        what
            + " at event "
            + dot
            + (options.entity().isEmpty() ? "" : " of " + options.entity())
            + ": "
            + detail
            + "; correct it and replay the entity.",
        cause);
    this.dot = dot;
  }

  static FoldException threw(FoldOptions options, Dot dot, String who, Throwable cause) {
    return new FoldException(
        options,
        dot,
        who + " threw",
        cause + ". Handlers and resolvers must answer for every event in every state",
        cause);
  }

  /**
   * It is not a function of its input.
   *
   * @param did what it did
   */
  static FoldException impure(
      FoldOptions options, Dot dot, String who, String did, String evidence) {
    return new FoldException(
        options,
        dot,
        who + " " + did,
        evidence
            + ". Handlers and resolvers give the same answer for the same input, without a clock,"
            + " randomness or anything from outside, and never change their input",
        null);
  }

  /** The event that could not be folded. */
  public Dot dot() {
    return dot;
  }
}
