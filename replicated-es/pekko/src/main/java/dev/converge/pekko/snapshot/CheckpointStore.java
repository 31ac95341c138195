package dev.converge.pekko.snapshot;

import dev.converge.pekko.journal.JournalDatabase;
import dev.converge.pekko.journal.StoredCheckpoint;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Where checkpoints are kept: beside the journal, so that both are lost or saved together.
 *
 * <p>Of each entity at least the newest two stay, and the newest whose {@linkplain
 * CheckpointHeader#covered cover} lies below every member's floor; the journal is kept behind the
 * oldest of those. A checkpoint need not survive a crash that follows its saving. Thread-safe.
 */
public interface CheckpointStore {
  /**
   * Stores a checkpoint, in place of one with the same position. Does not block.
   *
   * @return fails if the database does not take it; nothing is lost by that
   */
  CompletionStage<Void> save(String persistenceId, long position, byte[] checkpoint);

  /** The checkpoints of an entity, newest first. May block on the database. */
  List<StoredCheckpoint> checkpoints(String persistenceId);

  /** The store in a node's database. */
  static CheckpointStore in(JournalDatabase database) {
    return new CheckpointStore() {
      @Override
      public CompletionStage<Void> save(String persistenceId, long position, byte[] checkpoint) {
        return database.saveCheckpoint(persistenceId, position, checkpoint);
      }

      @Override
      public List<StoredCheckpoint> checkpoints(String persistenceId) {
        return database.checkpoints(persistenceId);
      }
    };
  }
}
