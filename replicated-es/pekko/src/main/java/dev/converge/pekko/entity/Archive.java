package dev.converge.pekko.entity;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.replica.EntityFrontier;
import dev.converge.engine.replica.TailNeededException;
import dev.converge.pekko.journal.ReplicaLog;
import dev.converge.pekko.journal.StoredCheckpoint;
import dev.converge.pekko.replication.ReplicaState.Frontier;
import dev.converge.pekko.snapshot.CheckpointStore;
import dev.converge.pekko.snapshot.EntityCheckpoint;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import dev.converge.pekko.wire.LoggedEvent;
import dev.converge.pekko.wire.WireException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is stored of one entity: checkpoints and rows. Blocks on the database; errors of it come
 * through as they are.
 */
final class Archive<S, E> {
  private static final Logger LOG = LoggerFactory.getLogger(Archive.class);
  private static final int PAGE = 1_000;

  private final String key;
  private final EntityKind<?, E, S> kind;
  private final ReplicaLog log;
  private final CheckpointStore checkpoints;

  /** A checkpoint and all rows behind it. */
  record Tail<S, E>(EntityCheckpoint<S, E> start, List<LoggedEvent> rows) {}

  Archive(String key, EntityKind<?, E, S> kind, ReplicaLog log, CheckpointStore checkpoints) {
    this.key = key;
    this.kind = kind;
    this.log = log;
    this.checkpoints = checkpoints;
  }

  /** The entity, from the newest checkpoint that serves all rows behind it. */
  EntityMemory<S, E> load(ReplicaId self) {
    EntityCheckpoint<S, E> oldest = null;
    for (StoredCheckpoint stored : checkpoints.checkpoints(key)) {
      EntityCheckpoint<S, E> start = usable(stored);
      if (start != null) {
        oldest = start;
        try {
          return load(self, start, false);
        } catch (TailNeededException e) {
          LOG.info("an older checkpoint of {} is used: {}", key, e.getMessage());
        }
      }
    }
    try {
      return load(self, EntityMemory.nothing(kind.model()), false);
    } catch (UnreadableException e) {
      if (oldest == null) {
        throw e;
      }
      LOG.error(
          "no checkpoint of {} is old enough for all its events, and the journal no longer goes"
              + " back to the first; the oldest is used, and replicas may differ",
          key);
      return load(self, oldest, true);
    }
  }

  private EntityMemory<S, E> load(
      ReplicaId self, EntityCheckpoint<S, E> start, boolean withoutTail) {
    return EntityMemory.load(
        key, self, kind.model(), kind.schema(), start, rows(start.position()), withoutTail);
  }

  /**
   * All of an entity, as far back as the journal and the checkpoints go, to be looked at, with what
   * is final.
   *
   * @param frontier the newest one, all rows of which are in the journal
   */
  EntityMemory<S, E> everything(ReplicaId self, Supplier<Frontier> frontier) {
    // SUBTLE: first what is final, then the rows. What came between them may stand in front of what
    // came to be final with it.
    HybridTimestamp finalTime = frontier.get().finalTime();
    EntityMemory<S, E> memory = everything(self);
    memory
        .replica()
        .advance(new EntityFrontier(memory.parked().heldBack(finalTime), VersionVector.empty()));
    return memory;
  }

  private EntityMemory<S, E> everything(ReplicaId self) {
    try {
      return load(self, EntityMemory.nothing(kind.model()), false);
    } catch (UnreadableException e) {
      EntityCheckpoint<S, E> oldest = null;
      for (StoredCheckpoint stored : checkpoints.checkpoints(key)) {
        EntityCheckpoint<S, E> start = usable(stored);
        oldest = start == null ? oldest : start;
      }
      if (oldest == null) {
        throw e;
      }
      return load(self, oldest, true);
    }
  }

  /** What brings back into memory what is wanted. */
  Tail<S, E> tail(TailWanted wanted) {
    for (StoredCheckpoint stored : checkpoints.checkpoints(key)) {
      EntityCheckpoint<S, E> start = usable(stored);
      if (start != null && wanted.isMetBy(start)) {
        return new Tail<>(start, rows(start.position()));
      }
    }
    return new Tail<>(EntityMemory.nothing(kind.model()), rows(0));
  }

  /** A checkpoint, or null if it cannot be used. */
  @Nullable EntityCheckpoint<S, E> usable(StoredCheckpoint stored) {
    if (kind.form() == null) {
      return null;
    }
    try {
      return kind.form().decode(stored.bytes());
    } catch (WireException e) {
      LOG.warn(
          "a checkpoint of {} at position {} is passed over: {}",
          key,
          stored.position(),
          e.getMessage());
      return null;
    }
  }

  private List<LoggedEvent> rows(long after) {
    List<LoggedEvent> rows = new ArrayList<>();
    long position = after;
    while (true) {
      List<LogRow> page = log.entityRows(key, position, PAGE);
      for (LogRow row : page) {
        if (row.entry() instanceof LogEntry.Event event) {
          rows.add(LoggedEvent.of(row, event));
        }
        position = Math.max(position, row.position());
      }
      // A page may be short because of a damaged row behind it, which the next one reports.
      if (page.isEmpty()) {
        return rows;
      }
    }
  }
}
