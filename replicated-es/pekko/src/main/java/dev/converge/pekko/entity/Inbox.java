package dev.converge.pekko.entity;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The work that waits for one entity. What comes during a commit is taken together afterwards, and
 * shares the next commit: a hot entity does many commands in one transaction, an idle one answers
 * at once.
 *
 * <p>One thread adds, another takes. Bounded: at most {@value #CAPACITY} wait.
 */
public final class Inbox {
  /** How much may wait; what comes then is refused. */
  static final int CAPACITY = 1_000;

  /** The most that share one commit. */
  private static final int BATCH = 200;

  private final Queue<EntityMsg.Work> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicBoolean told = new AtomicBoolean();

  /**
   * Adds work.
   *
   * @return whether there was room
   */
  boolean add(EntityMsg.Work work) {
    if (waiting.incrementAndGet() > CAPACITY) {
      waiting.decrementAndGet();
      return false;
    }
    queue.add(work);
    return true;
  }

  /** Whether the entity must be told now that there is work: true once until the next take. */
  boolean mustTell() {
    return told.compareAndSet(false, true);
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

  /** Whether nothing waits. */
  boolean isEmpty() {
    return queue.isEmpty();
  }
}
