package dev.converge.pekko.entity;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.EntityType;
import dev.converge.pekko.NodeClock;
import dev.converge.pekko.journal.ReplicaLog;
import dev.converge.pekko.replication.ReplicaState.Frontier;
import dev.converge.pekko.snapshot.CheckpointStore;
import java.time.Duration;
import java.util.concurrent.Executor;

/** What a live entity needs of its node. Thread-safe; nothing blocks but on {@link #blocking}. */
interface EntityHost {
  /** This replica. */
  ReplicaId self();

  /** The node's clock. */
  NodeClock clock();

  /** The node's journal. */
  ReplicaLog log();

  /** Where checkpoints go. */
  CheckpointStore checkpoints();

  /** How far all replicas are known to be; all rows that this rests on have been handed out. */
  Frontier frontier();

  /** Own events of that type behind this LSN must stay in memory: something waits for them. */
  long holdBehind(EntityType<?, ?, ?> type);

  /** Whether an entity has conflicts that wait for a person: told when it has changed. */
  void conflicts(String key, boolean open);

  /** Whether an entity wants to be told of the frontier at once, and not only from time to time. */
  void waitsForFrontier(Slot slot, boolean waits);

  /** Where to wait for the database. */
  Executor blocking();

  /** A checkpoint is written when so many events have left memory since the last. */
  long checkpointEvents();

  /** And no sooner than after this time; and when it leaves memory, if they are a tenth of that. */
  Duration checkpointInterval();

  /** Steady time for the above. */
  long nanoTime();
}
