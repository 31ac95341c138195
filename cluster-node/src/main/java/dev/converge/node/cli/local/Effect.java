package dev.converge.node.cli.local;

/** What a supervisor wants done. */
sealed interface Effect {
  /** Start a process for the node; report it by {@code run}. */
  record Start(int node, int run) implements Effect {}

  /** Close the process's standard input: the sign to stop gracefully. */
  record EndInput(int node) implements Effect {}

  /** End the process by force. */
  record Kill(int node) implements Effect {}

  /** Tell the user. */
  sealed interface Say extends Effect {}

  /** A node is ready; {@code again} if it was before. */
  record SayReady(int node, boolean again) implements Say {}

  /** All nodes are ready; {@code again} if they were before. */
  record SayUp(boolean again) implements Say {}

  /** A node died by itself and is started again after {@code delayMillis}. */
  record SayDied(int node, int exit, boolean wasReady, long delayMillis) implements Say {}

  /** A node failed at {@code attempts} starts in a row and is not started again. */
  record SayGaveUp(int node, int exit, int attempts) implements Say {}

  /** A node did not stop in time and is killed. */
  record SayKilled(int node, long limitMillis) implements Say {}

  /** The stop begins. */
  record SayStopping() implements Say {}

  /** All processes have ended. */
  record SayStopped() implements Say {}
}
