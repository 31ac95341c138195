package dev.converge.pekko.feed;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.wire.LogRow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The logs, as the feed reads them. May block on the database. */
interface LogSource {
  /** The next rows of a log behind {@code after}, in order; none if there are none. */
  List<LogRow> rows(ReplicaId origin, long after);

  /**
   * A time that no event of the log behind {@code after} is before; null if there is no event
   * there. Close to the earliest of them, or more is read than is needed.
   */
  @Nullable HybridTimestamp earliest(ReplicaId origin, long after);
}
