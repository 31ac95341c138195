package dev.converge.pekko.migration;

import java.util.List;

/** Where old events are read from. Every method may block; called by one thread at a time. */
public interface OldEvents {
  /**
   * Persistence ids with at least one event, sorted by code unit.
   *
   * @param prefix only ids that start with it; empty for all
   * @param after only ids after this one; empty for all
   * @param limit at most so many, at least 1
   * @throws MigrationException if they cannot be read
   */
  List<String> persistenceIds(String prefix, String after, int limit);

  /**
   * A page of an entity's events, in order.
   *
   * @param after only sequence numbers after this one
   * @param limit at most so many, at least 1
   * @throws MigrationException if they cannot be read; the message names the event
   */
  List<OldEvent> events(String persistenceId, long after, int limit);
}
