package dev.converge.engine.fold;

import java.util.Objects;

/**
 * How a fold is run.
 *
 * @param entity names the entity in error messages: type and id
 * @param checked whether every call of the model's handler and resolver is made twice, to report
 *     one that answers differently for the same input or changes its input. Costs twice the calls,
 *     and the hash of the state before and after each: for tests, and to look for a cause
 */
public record FoldOptions(String entity, boolean checked) {
  /** No name, not checked. */
  public static final FoldOptions DEFAULT = new FoldOptions("", false);

  /** Checks the parts. */
  public FoldOptions {
    Objects.requireNonNull(entity, "entity");
  }

  /** With every call checked. */
  public FoldOptions withChecks() {
    return new FoldOptions(entity, true);
  }
}
