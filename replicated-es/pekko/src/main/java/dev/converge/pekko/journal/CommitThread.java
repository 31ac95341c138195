package dev.converge.pekko.journal;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.frontier.Promise;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.LoggedEvent;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes to a replica's log. What has queued up behind a commit goes into the
 * next one, as one transaction: group commit, after DeWitt et al., <em>Implementation Techniques
 * for Main Memory Database Systems</em> (1984).
 *
 * <p>Each write has an outcome of its own. When a transaction fails, its writes are tried again one
 * by one, so that a row that the database refuses harms nobody else. While the database is away,
 * what is queued fails at once, with the reason. Thread-safe.
 */
final class CommitThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CommitThread.class);

  /** How many writes may wait; further ones are refused. */
  private static final int MAX_WAITING = 20_000;

  /** The most that one transaction takes: enough to amortise a commit, short enough to wait for. */
  private static final int MAX_WRITES = 1_000;

  private static final long MAX_BYTES = 4L * 1024 * 1024;

  private final ReplicaId self;
  private final LogSql sql;
  private final BlockingQueue<Job> queue = new LinkedBlockingQueue<>(MAX_WAITING);
  private final List<CommitListener> listeners = new CopyOnWriteArrayList<>();
  private final Thread thread;
  private volatile boolean closed;

  /** What is queued: a write, or a promise if {@code write} is null. */
  private record Job(
      @Nullable Write write, HybridTimestamp promised, CompletableFuture<Promise> promise) {
    void fail(Exception why) {
      if (write != null) {
        write.done().completeExceptionally(why);
      }
      promise.completeExceptionally(why);
    }
  }

  CommitThread(ReplicaId self, LogSql sql) {
    this.self = self;
    this.sql = sql;
    this.thread = new Thread(this::run, "converge-log");
    thread.setDaemon(true);
    thread.start();
  }

  void addListener(CommitListener listener) {
    listeners.add(listener);
  }

  /** Queues a write; its future tells the outcome. */
  void submit(Write write) {
    offer(new Job(write, HybridTimestamp.ZERO, new CompletableFuture<>()));
  }

  /**
   * Promises, durably, that no own event of {@code time} or before will be committed any more. It
   * comes after all writes that are queued now.
   *
   * @return the promise as given; a later one if that was given before
   */
  CompletionStage<Promise> promise(HybridTimestamp time) {
    Job job = new Job(null, time, new CompletableFuture<>());
    offer(job);
    return job.promise();
  }

  private void offer(Job job) {
    if (closed) {
      job.fail(new JournalException("the journal is closed", null));
    } else if (!queue.offer(job)) {
      job.fail(
          new JournalException(
              "the journal has " + MAX_WAITING + " writes waiting; try again later", null));
    } else if (closed) {
      failQueued();
    }
  }

  private void run() {
    List<Write> writes = new ArrayList<>();
    while (!closed) {
      try {
        Job promise = fill(writes);
        commit(writes, promise);
      } catch (InterruptedException e) {
        break; // by close
      } catch (RuntimeException e) {
        LOG.error("the journal's thread met an error that it does not know; it goes on", e);
        writes.forEach(write -> write.done().completeExceptionally(e));
      }
      writes.clear();
    }
    failQueued();
  }

  /** Takes what is queued, up to and with the first promise, which is returned. */
  private @Nullable Job fill(List<Write> writes) throws InterruptedException {
    long bytes = 0;
    for (Job job = queue.take(); ; ) {
      Write write = job.write();
      if (write == null) {
        return job;
      }
      writes.add(write);
      bytes += write.bytes();
      if (writes.size() >= MAX_WRITES || bytes >= MAX_BYTES) {
        return null;
      }
      Job next = queue.poll();
      if (next == null) {
        return null;
      }
      job = next;
    }
  }

  private void commit(List<Write> writes, @Nullable Job promise) {
    try {
      done(sql.commit(self, writes, promise == null ? null : promise.promised()), promise);
    } catch (SQLException e) {
      if (writes.isEmpty() || !sql.isReachable()) {
        JournalException why =
            new JournalException("the journal cannot be written: " + e.getMessage(), e);
        writes.forEach(write -> write.done().completeExceptionally(why));
        if (promise != null) {
          promise.fail(why);
        }
        return;
      }
      oneByOne(writes, promise, e);
    }
  }

  private void oneByOne(List<Write> writes, @Nullable Job promise, SQLException first) {
    if (writes.size() == 1 && promise == null) {
      Write write = writes.get(0);
      LOG.warn("a write of {} is refused by the database", write.persistenceId(), first);
      write
          .done()
          .completeExceptionally(
              new JournalException(
                  "the database refuses a write of "
                      + write.persistenceId()
                      + ": "
                      + first.getMessage(),
                  first));
      return;
    }
    writes.forEach(write -> commit(List.of(write), null));
    if (promise != null) {
      commit(List.of(), promise);
    }
  }

  private void done(LogHead.Plan plan, @Nullable Job promise) {
    for (Write write : plan.fenced()) {
      write
          .done()
          .completeExceptionally(
              new FencedException(
                  "an event of "
                      + write.persistenceId()
                      + " is older than what this replica has promised; run the command again"));
    }
    for (int i = 0; i < plan.accepted().size(); i++) {
      Write write = plan.accepted().get(i);
      tell(write, plan.lsns().get(i));
      write.done().complete(null);
    }
    if (promise != null) {
      promise.promise().complete(new Promise(plan.head().nextLsn() - 1, plan.head().promise()));
    }
  }

  private void tell(Write write, long[] lsns) {
    if (listeners.isEmpty()) {
      return;
    }
    List<LoggedEvent> events = new ArrayList<>(lsns.length);
    for (int i = 0; i < lsns.length; i++) {
      EventRecord event = write.rows().get(i).event();
      if (event != null) {
        events.add(new LoggedEvent(event, lsns[i]));
      }
    }
    if (!events.isEmpty()) {
      listeners.forEach(listener -> listener.committed(write.persistenceId(), events));
    }
  }

  private void failQueued() {
    JournalException why = new JournalException("the journal is closed", null);
    for (Job job = queue.poll(); job != null; job = queue.poll()) {
      job.fail(why);
    }
  }

  /** Ends after the commit under way; what is queued fails. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
