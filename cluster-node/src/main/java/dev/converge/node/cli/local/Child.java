package dev.converge.node.cli.local;

/** What a supervisor knows of one child; times are milliseconds of one monotonic clock. */
sealed interface Child {
  /** Its process runs and has not been ready yet; {@code failures} starts in a row went wrong. */
  record Starting(int run, int failures) implements Child {}

  /** Its process answers. */
  record Ready(int run) implements Child {}

  /**
   * Its process ended in a way that a signal to the whole process group has too. If one was sent,
   * it is about to reach the supervisor: nothing is said or done until {@code settlesAt}.
   */
  record Unsettled(int exit, boolean wasReady, int failures, long diedAt, long settlesAt)
      implements Child {}

  /** Its process ended; it is started again at {@code startsAt}. */
  record Waiting(int failures, long startsAt) implements Child {}

  /** It failed at its start too often. */
  record GivenUp() implements Child {}

  /** Its process was asked to stop, and is killed at {@code killsAt}. */
  record Stopping(int run, long killsAt) implements Child {}

  /** It was stopped with the cluster. */
  record Stopped() implements Child {}

  /** Whether nothing more will come from it. */
  default boolean isOver() {
    return this instanceof GivenUp || this instanceof Stopped;
  }

  /** Whether it has a process whose number is {@code run}. */
  default boolean runs(int run) {
    return (this instanceof Starting s && s.run() == run)
        || (this instanceof Ready r && r.run() == run)
        || (this instanceof Stopping p && p.run() == run);
  }
}
