package dev.converge.multinode.wire;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** What a child tells. */
public sealed interface FromChild extends Serializable {
  /** It runs, and is connected to the conductor. */
  record Started() implements FromChild {}

  /**
   * A task has ended.
   *
   * @param id of the call
   * @param result serialised; null if it failed
   * @param failure what was thrown, as text
   * @param thrown serialised, if it can be
   */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares answers.
  record Answer(
      long id, byte @Nullable [] result, @Nullable String failure, byte @Nullable [] thrown)
      implements FromChild {}

  /**
   * The task is at a barrier.
   *
   * @param id of the call
   * @param ordinal the how manieth barrier of the call, from 1
   * @param name the barrier's
   */
  record AtBarrier(long id, int ordinal, String name) implements FromChild {}
}
