package dev.converge.pekko.replication;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread on which a node's replication decides: its state machines need no locks. What
 * blocks is done elsewhere, and comes back as another task. Thread-safe.
 */
public final class ReplicationLoop implements Loop, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicationLoop.class);

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "converge-replication");
            made.setDaemon(true);
            return made;
          });

  /** Runs a task after those before it. After {@link #close} it is dropped. */
  @Override
  public void execute(Runnable task) {
    try {
      thread.execute(guarded(task));
    } catch (RejectedExecutionException e) {
      LOG.debug("replication has ended; a task is dropped");
    }
  }

  @Override
  public void later(Duration delay, Runnable task) {
    try {
      thread.schedule(guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("replication has ended; a task is dropped");
    }
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  /** A task that fails must not take the others with it. */
  private static Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException e) {
        LOG.error("replication met an error that it does not know; it goes on", e);
      }
    };
  }

  /** Ends; tasks that have not begun are dropped. */
  @Override
  public void close() {
    thread.shutdownNow();
  }
}
