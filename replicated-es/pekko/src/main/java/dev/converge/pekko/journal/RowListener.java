package dev.converge.pekko.journal;

import dev.converge.pekko.wire.LogRow;
import java.util.List;

/** Learns what has been committed, own rows and others', in the order of the commits. */
public interface RowListener {
  /**
   * These rows are in the journal, at the positions that they carry; {@link ReplicaLog#held} has
   * them already. Called by the thread that commits, before whoever wrote them is answered: must
   * not block, and must not throw.
   */
  void committed(List<LogRow> rows);
}
