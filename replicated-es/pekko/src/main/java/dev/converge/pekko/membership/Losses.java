package dev.converge.pekko.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.util.HashMap;
import java.util.Map;

/**
 * How far of each log a loss of power can have taken rows from here. Of a closed log nothing more
 * was stored, and so nothing confirmed, than there was when that was flushed; and no row that comes
 * after one that was never here. Without this bound a replica would wait for rows that it may not
 * store, while nobody can open the log without it. Mutable, single-threaded.
 */
final class Losses {
  /** {origin → LSN}: nothing behind it can have been here. */
  private final Map<ReplicaId, Long> ends = new HashMap<>();

  /**
   * The log is closed.
   *
   * @param end the last row of it that can have been here
   */
  void closed(ReplicaId origin, long end) {
    ends.merge(origin, end, Math::min);
  }

  /**
   * A row can be stored as soon as those are here that it comes after.
   *
   * @return whether that shows that it cannot have been here; then nothing of its log behind it
   */
  boolean waits(ReplicaId origin, long lsn, VersionVector after) {
    for (Map.Entry<ReplicaId, Long> end : ends.entrySet()) {
      if (after.get(end.getKey()) > end.getValue() && isNews(origin, lsn)) {
        ends.put(origin, lsn - 1);
        return true;
      }
    }
    return false;
  }

  private boolean isNews(ReplicaId origin, long lsn) {
    Long end = ends.get(origin);
    return end == null || lsn <= end;
  }

  /** What of that can have been here. O(origins). */
  VersionVector among(VersionVector rows) {
    if (ends.isEmpty()) {
      return rows;
    }
    VersionVector[] among = {VersionVector.empty()};
    rows.forEach(
        (origin, lsn) -> {
          long end = Math.min(lsn, ends.getOrDefault(origin, Long.MAX_VALUE));
          if (end > 0) {
            among[0] = among[0].with(origin, end);
          }
        });
    return among[0];
  }
}
