package dev.converge.pekko;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Retention;
import dev.converge.pekko.journal.CompactionReport;
import dev.converge.pekko.journal.JournalArchive;
import dev.converge.pekko.journal.JournalDatabase;
import dev.converge.pekko.journal.JournalException;
import dev.converge.pekko.journal.StoredCheckpoint;
import dev.converge.pekko.replication.ReplicaState.Frontier;
import dev.converge.pekko.snapshot.CheckpointHeader;
import dev.converge.pekko.wire.WireException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node does now and then, in the background: takes rows out of the journal that nobody needs
 * any more, and compares states with the peers. A little at a time, so that it is never felt.
 * Thread-safe.
 */
public final class Housekeeping implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
  private static final Duration STEP = Duration.ofSeconds(5);
  private static final int ENTITIES_A_STEP = 50;
  private static final long ARCHIVE_FILE_BYTES = 64L * 1024 * 1024;

  private final Replication replication;
  private final JournalDatabase database;
  private final Entities entities;
  private final Duration retention;
  private final LongSupplier wallMillis = System::currentTimeMillis;
  private final @Nullable JournalArchive archive;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "converge-housekeeping");
            thread.setDaemon(true);
            return thread;
          });

  /** Only on the timer's thread. */
  private String last = "";

  private Housekeeping(
      Replication replication, Entities entities, Duration retention, Optional<Path> archive) {
    this.replication = replication;
    this.database = replication.home().database();
    this.entities = entities;
    this.retention = retention;
    this.archive =
        archive
            .map(
                folder -> new JournalArchive(folder, ARCHIVE_FILE_BYTES, System::currentTimeMillis))
            .orElse(null);
  }

  /**
   * Begins.
   *
   * @param retention how long rows stay in the journal that could leave it
   * @param archive the folder that they go to first; empty: they are dropped
   */
  public static Housekeeping start(
      Replication replication, Entities entities, Duration retention, Optional<Path> archive) {
    Housekeeping housekeeping = new Housekeeping(replication, entities, retention, archive);
    housekeeping.timer.scheduleWithFixedDelay(
        housekeeping::step, STEP.toMillis(), STEP.toMillis(), TimeUnit.MILLISECONDS);
    return housekeeping;
  }

  private void step() {
    try {
      eraseFromArchive();
      compact();
      entities.compareNext();
    } catch (JournalException | UncheckedIOException e) {
      LOG.warn("housekeeping goes on later: {}", e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("housekeeping met an error that it does not know; it goes on", e);
    }
  }

  /** By the thread that compacts: what is erased now was archived before, if at all. */
  private void eraseFromArchive() {
    Set<String> keys = archive == null ? Set.of() : database.toEraseInArchive();
    if (archive != null && !keys.isEmpty()) {
      archive.erase(keys);
      database.archiveErased(keys);
      LOG.info("the archive has nothing any more of {} erased entities", keys.size());
    }
  }

  private void compact() {
    Frontier frontier = replication.replicas().frontier();
    long keep = Math.max(0, wallMillis.getAsLong() - retention.toMillis());
    Retention lets =
        new Retention(
            frontier.finalTime(),
            frontier.stable(),
            frontier.floor(),
            new HybridTimestamp(keep, 0));
    CompactionReport report =
        database.compact(lets, Housekeeping::mayStartFrom, archive, last, ENTITIES_A_STEP);
    last = report.last().orElse("");
    if (report.rows() > 0) {
      LOG.info("{} rows of {} entities have left the journal", report.rows(), report.compacted());
    }
  }

  private static boolean mayStartFrom(
      String persistenceId, StoredCheckpoint checkpoint, List<Dot> aboveFloor) {
    try {
      VersionVector dropped = CheckpointHeader.read(checkpoint.bytes()).dropped();
      return aboveFloor.stream().noneMatch(dropped::contains);
    } catch (WireException e) {
      LOG.warn("a checkpoint of {} cannot be read: {}", persistenceId, e.getMessage());
      return false;
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    try {
      if (!timer.awaitTermination(5, TimeUnit.SECONDS)) {
        LOG.warn("housekeeping has not ended in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (archive != null) {
      archive.close();
    }
  }
}
