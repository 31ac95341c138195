package dev.converge.pekko.entity;

import dev.converge.pekko.snapshot.EntityCheckpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** When an entity's checkpoints are written. Of the entity's actor. */
final class Checkpointing<S, E> {
  private static final Logger LOG = LoggerFactory.getLogger(Checkpointing.class);

  private final String key;
  private final EntityKind<?, E, S> kind;
  private final EntityHost host;

  /** How many events the last one covers. */
  private long covered;

  private long written;
  private boolean due;

  Checkpointing(String key, EntityKind<?, E, S> kind, EntityHost host) {
    this.key = key;
    this.kind = kind;
    this.host = host;
    this.written = host.nanoTime();
  }

  /** It starts. */
  void loaded(EntityMemory<S, E> memory) {
    covered = memory.replica().fold().released();
  }

  /** Events are in memory again: the last one does not serve what is taken in now. */
  void restored() {
    due = true;
  }

  /** Events may have left memory. */
  void settled(EntityMemory<S, E> memory) {
    long fresh = memory.replica().fold().released() - covered;
    if ((due && fresh != 0)
        || (fresh >= host.checkpointEvents()
            && host.nanoTime() - written >= host.checkpointInterval().toNanos())) {
      write(memory);
    }
  }

  /** It leaves memory. */
  void leaves(EntityMemory<S, E> memory) {
    long fresh = memory.replica().fold().released() - covered;
    if (fresh > 0 && fresh >= host.checkpointEvents() / 10) {
      write(memory);
    }
  }

  private void write(EntityMemory<S, E> memory) {
    written = host.nanoTime();
    covered = memory.replica().fold().released();
    due = false;
    if (kind.form() == null) {
      return;
    }
    EntityCheckpoint<S, E> checkpoint = memory.checkpoint();
    if (checkpoint.position() == 0) {
      return; // as much as none
    }
    try {
      host.checkpoints()
          .save(key, checkpoint.position(), kind.form().encode(checkpoint))
          .whenComplete(
              (done, error) -> {
                if (error != null) {
                  LOG.info("a checkpoint of {} is not stored: {}", key, error.getMessage());
                }
              });
    } catch (RuntimeException e) {
      LOG.warn("a checkpoint of {} cannot be made: {}", key, e.getMessage());
    }
  }
}
