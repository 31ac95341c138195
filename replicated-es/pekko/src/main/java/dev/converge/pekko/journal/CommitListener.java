package dev.converge.pekko.journal;

import dev.converge.pekko.wire.LoggedEvent;
import java.util.List;

/** Learns what has been committed, in the order of the commits. */
public interface CommitListener {
  /**
   * These events of an entity are in the journal. Called by the thread that commits: must not
   * block, and must not throw.
   */
  void committed(String persistenceId, List<LoggedEvent> events);
}
