package dev.converge.node.cli.local;

/** What happens to a supervisor. A node is named by its number, from 1; a run by its number. */
sealed interface Input {
  /** Time has passed. */
  record Tick() implements Input {}

  /** A process ended with this exit code; 128 + n where signal n ended it. */
  record Exited(int node, int run, int exit) implements Input {}

  /** A process answers that it is ready. */
  record BecameReady(int node, int run) implements Input {}

  /** The whole cluster is to stop. */
  record Stop() implements Input {}
}
