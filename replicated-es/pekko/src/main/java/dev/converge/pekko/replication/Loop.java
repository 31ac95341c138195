package dev.converge.pekko.replication;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * Runs the tasks of a node's replication, one at a time: in a node the {@link ReplicationLoop}, in
 * a simulation an agenda of virtual time.
 */
public interface Loop extends Executor {
  /** Runs a task after a while. */
  void later(Duration delay, Runnable task);

  /** A clock that never goes back and means nothing else, in nanoseconds. */
  long nanoTime();
}
