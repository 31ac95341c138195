package dev.converge.pekko.journal;

import dev.converge.engine.frontier.Promise;
import dev.converge.pekko.wire.LogRow;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes to a replica's log. What has queued up behind a commit goes into the
 * next one, as one transaction: group commit, after DeWitt et al., <em>Implementation Techniques
 * for Main Memory Database Systems</em> (1984).
 *
 * <p>Each job has an outcome of its own. When a transaction fails by what may be the fault of one
 * row, its jobs are tried again one by one, so that a row that the database refuses harms nobody
 * else. While the database is away, what is queued fails at once, with the reason. Thread-safe.
 */
final class CommitThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CommitThread.class);

  /** How many jobs may wait; further ones are refused. */
  private static final int MAX_WAITING = 20_000;

  /** The most that one transaction takes: enough to amortise a commit, short enough to wait for. */
  private static final int MAX_JOBS = 1_000;

  private static final long MAX_BYTES = 4L * 1024 * 1024;

  /**
   * Behind a commit of so many jobs the next one waits: each costs as much as dozens of rows, so
   * under load waiting makes all faster. Who writes alone does not wait.
   */
  private static final int BUSY = 6;

  /** So far apart commits begin then. */
  private static final long PACE_NANOS = 5_000_000;

  private final LogSql sql;
  private final Runnable renew;
  private final BlockingQueue<Job> queue = new LinkedBlockingQueue<>(MAX_WAITING);
  private final List<RowListener> listeners = new CopyOnWriteArrayList<>();
  private final Thread thread;

  /** What is committed, and was told. Only ever grows. */
  private volatile LogHead head;

  /** The next commit does not begin before. */
  private long next = System.nanoTime();

  private volatile boolean takenOver;
  private volatile boolean closed;

  /**
   * A thread over transactions.
   *
   * @param renew gets new connections: called when the database did not take something
   */
  CommitThread(LogSql sql, Runnable renew) {
    this.sql = sql;
    this.renew = renew;
    this.head = sql.known();
    this.thread = new Thread(this::run, "converge-log");
    thread.setDaemon(true);
    thread.start();
  }

  void addListener(RowListener listener) {
    listeners.add(listener);
  }

  LogHead head() {
    return head;
  }

  Promise promise() {
    return head.asPromise();
  }

  boolean isTakenOver() {
    return takenOver;
  }

  /** Queues a job; its future tells the outcome. */
  void submit(Job job) {
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
    List<Job> jobs = new ArrayList<>();
    while (!closed) {
      try {
        fill(jobs);
        commit(jobs);
      } catch (InterruptedException e) {
        break; // by close
      } catch (RuntimeException e) {
        LOG.error("the journal's thread met an error that it does not know; it goes on", e);
        jobs.forEach(job -> job.fail(new JournalException("the journal failed: " + e, e)));
        renew.run();
      }
      jobs.clear();
    }
    failQueued();
  }

  /** Takes what is queued, up to the limits. */
  private void fill(List<Job> jobs) throws InterruptedException {
    Job job = queue.take();
    for (long wait = next - System.nanoTime();
        wait > 0 && queue.size() < MAX_JOBS;
        wait = next - System.nanoTime()) {
      LockSupport.parkNanos(wait);
    }
    long begun = System.nanoTime();
    long bytes = 0;
    while (job != null) {
      jobs.add(job);
      bytes += job.bytes();
      job = jobs.size() < MAX_JOBS && bytes < MAX_BYTES ? queue.poll() : null;
    }
    next = jobs.size() < BUSY ? begun : begun + PACE_NANOS;
  }

  private void commit(List<Job> jobs) {
    try {
      done(sql.commit(jobs));
    } catch (SQLException e) {
      if (jobs.size() > 1 && LogSql.mayBeOfOneRow(e)) {
        jobs.forEach(job -> commit(List.of(job)));
        return;
      }
      SQLException cause = cause(e);
      if (LogSql.mayBeOfOneRow(e)) {
        LOG.warn("{} is refused by the database", jobs.get(0).what(), cause);
      } else {
        renew.run();
      }
      String what =
          sql.isDoubtful()
              ? "it is not known whether the database took "
              : "the database does not take ";
      for (Job job : jobs) {
        job.fail(new JournalException(what + job.what() + ": " + cause.getMessage(), cause));
      }
    }
  }

  /** Of a batch the database's own error: the driver's quotes the statement, with all its bytes. */
  private static SQLException cause(SQLException error) {
    SQLException next = error.getNextException();
    return error instanceof BatchUpdateException && next != null ? next : error;
  }

  private void done(LogSql.Outcome outcome) {
    head = outcome.head();
    takenOver = sql.isTakenOver();
    tell(outcome.missed());
    tell(outcome.written());
    outcome.refused().forEach(Job::fail);
    outcome.done().forEach(Runnable::run);
  }

  private void tell(List<LogRow> rows) {
    if (!rows.isEmpty()) {
      for (RowListener listener : listeners) {
        try {
          listener.committed(rows);
        } catch (RuntimeException e) {
          LOG.error("a listener of the journal failed; the rows are stored", e);
        }
      }
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
