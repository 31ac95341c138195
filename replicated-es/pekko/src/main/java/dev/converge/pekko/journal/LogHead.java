package dev.converge.pekko.journal;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.wire.EventRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * The head of a replica's own log: the next log number, and what was promised last. One row of the
 * database holds it, and every transaction that writes events locks that row, so the order of the
 * numbers is the order of the commits, and there are no gaps.
 *
 * <p>Immutable; decides without a database what a commit may do.
 *
 * @param nextLsn the number of the next own event, from 1
 * @param promise no own event that is as old as this, or older, will be committed any more
 */
record LogHead(long nextLsn, HybridTimestamp promise) {
  /** The head of an empty log. */
  static final LogHead START = new LogHead(1, HybridTimestamp.ZERO);

  /**
   * What one commit does.
   *
   * @param accepted the writes that take part, in order
   * @param lsns for each accepted write, the number of each of its rows; 0 for a row without one
   * @param fenced the writes with an own event at or below the promise, which are refused
   * @param head the head afterwards
   */
  record Plan(List<Write> accepted, List<long[]> lsns, List<Write> fenced, LogHead head) {}

  /** Gives own events their numbers, and finds the writes that come too late. O(rows). */
  Plan plan(ReplicaId self, List<Write> writes) {
    List<Write> accepted = new ArrayList<>(writes.size());
    List<long[]> numbers = new ArrayList<>(writes.size());
    List<Write> fenced = new ArrayList<>();
    long next = nextLsn;
    for (Write write : writes) {
      if (isFenced(self, write)) {
        fenced.add(write);
        continue;
      }
      long[] lsns = new long[write.rows().size()];
      for (int i = 0; i < lsns.length; i++) {
        Row row = write.rows().get(i);
        lsns[i] = isOwn(self, row) ? next++ : row.lsn();
      }
      accepted.add(write);
      numbers.add(lsns);
    }
    return new Plan(accepted, numbers, fenced, new LogHead(next, promise));
  }

  private boolean isFenced(ReplicaId self, Write write) {
    for (Row row : write.rows()) {
      EventRecord event = row.event();
      if (event != null && isOwn(self, row) && event.time().compareTo(promise) <= 0) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOwn(ReplicaId self, Row row) {
    EventRecord event = row.event();
    return event != null && event.dot().replica().equals(self);
  }

  /** The head once {@code time} is promised too; promises never go back. */
  LogHead promising(HybridTimestamp time) {
    return new LogHead(nextLsn, promise.max(time));
  }
}
