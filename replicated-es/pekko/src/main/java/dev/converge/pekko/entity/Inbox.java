package dev.converge.pekko.entity;

import dev.converge.pekko.wire.LoggedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What waits for one entity: work, and rows that were committed. What comes during a commit is
 * taken together afterwards, and shares the next commit: a hot entity does many commands in one
 * transaction, an idle one answers at once.
 *
 * <p>One thread adds work, one adds rows, another takes. Bounded: at most {@value #CAPACITY} pieces
 * of work wait; of more than {@value #ROWS} rows none are kept, and the entity reads the journal
 * again.
 */
public final class Inbox {
  /** How much work may wait; what comes then is refused. */
  static final int CAPACITY = 1_000;

  /** How many rows may wait. */
  static final int ROWS = 20_000;

  /** The most that share one commit. */
  private static final int BATCH = 200;

  private final Queue<EntityMsg.Work> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final Queue<LoggedEvent> rows = new ConcurrentLinkedQueue<>();
  private final AtomicInteger rowsWaiting = new AtomicInteger();
  private final AtomicBoolean told = new AtomicBoolean();
  private volatile boolean rowsLost;
  private volatile boolean closed;

  /** What became of work. */
  enum Added {
    YES,
    /** There is no room. */
    FULL,
    /** Nobody will take it from here. */
    CLOSED
  }

  /** Adds work. */
  Added add(EntityMsg.Work work) {
    if (closed) {
      return Added.CLOSED;
    }
    if (waiting.incrementAndGet() > CAPACITY) {
      waiting.decrementAndGet();
      return Added.FULL;
    }
    queue.add(work);
    // SUBTLE: who closes empties the queue afterwards; only if that came too early is it still
    // here.
    return closed && queue.remove(work) ? Added.CLOSED : Added.YES;
  }

  /** Nothing is added any more; to be emptied after this. */
  void close() {
    closed = true;
  }

  /** Adds a row that was committed. */
  void add(LoggedEvent row) {
    if (rowsLost || rowsWaiting.incrementAndGet() > ROWS) {
      rowsLost = true;
      rows.clear();
    } else {
      rows.add(row);
    }
  }

  /** Whether the entity must be told now that there is work: true once until the next take. */
  boolean mustTell() {
    return told.compareAndSet(false, true);
  }

  /** From now on the entity looks by itself: it need not be told. */
  void attended() {
    told.set(true);
  }

  /** The entity has to be told again. */
  void unattended() {
    told.set(false);
  }

  /** Takes what waits, in order, up to a batch. Whoever took must ask {@link #isEmpty} after it. */
  List<EntityMsg.Work> take() {
    // First, so that what comes from now on is told again.
    told.set(false);
    List<EntityMsg.Work> batch = new ArrayList<>();
    while (batch.size() < BATCH) {
      EntityMsg.Work work = queue.poll();
      if (work == null) {
        break;
      }
      waiting.decrementAndGet();
      batch.add(work);
    }
    return batch;
  }

  /** Takes all rows. Empty also if some were {@linkplain #rowsLost lost}. */
  List<LoggedEvent> takeRows() {
    if (rows.isEmpty() || rowsLost) {
      return List.of();
    }
    List<LoggedEvent> taken = new ArrayList<>();
    for (LoggedEvent row = rows.poll(); row != null; row = rows.poll()) {
      taken.add(row);
    }
    rowsWaiting.addAndGet(-taken.size());
    return taken;
  }

  /** Whether there were too many rows, so that the journal is to be read again. */
  boolean rowsLost() {
    return rowsLost;
  }

  /** Whether no work waits. */
  boolean isEmpty() {
    return queue.isEmpty();
  }

  /** Whether rows wait. */
  boolean hasRows() {
    return !rows.isEmpty();
  }
}
