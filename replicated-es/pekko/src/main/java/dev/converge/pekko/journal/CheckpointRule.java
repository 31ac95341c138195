package dev.converge.pekko.journal;

import dev.converge.crdt.clock.Dot;
import java.util.List;

/**
 * Says of which checkpoint a fold can start, whatever comes. Only what lies before such a one may
 * leave the journal.
 */
public interface CheckpointRule {
  /**
   * Whether the fold of this entity can start from this checkpoint for every event to come. It
   * cannot if the checkpoint has dropped one of {@code aboveFloor}: an event to come may not have
   * seen that, and would need it as a rival.
   *
   * @param aboveFloor events that the checkpoint covers and that are not below the floor
   */
  boolean mayStartFrom(String persistenceId, StoredCheckpoint checkpoint, List<Dot> aboveFloor);
}
