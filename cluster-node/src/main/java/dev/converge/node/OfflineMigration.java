package dev.converge.node;

import dev.converge.node.config.NodeConfig;
import dev.converge.node.lifecycle.DataFolderLock;
import dev.converge.node.lifecycle.StartupException;
import dev.converge.pekko.EntityType;
import dev.converge.pekko.NodeClock;
import dev.converge.pekko.ReplicaHome;
import dev.converge.pekko.migration.JournalTarget;
import dev.converge.pekko.migration.Migration;
import dev.converge.pekko.migration.MigrationAdapter;
import dev.converge.pekko.migration.MigrationProgress;
import dev.converge.pekko.migration.OldEvent;
import dev.converge.pekko.migration.OldEvents;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** Brings an old journal into the database of a node that does not run. */
public final class OfflineMigration {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private OfflineMigration() {}

  /**
   * Migrates all old entities whose persistence ids start with {@code prefix}.
   *
   * @param node whose database it is
   * @param type what they become; {@code adapter} makes its events
   * @param progress is told after each page
   * @return what was done
   * @throws StartupException if the node runs, or its database cannot be opened
   * @throws dev.converge.pekko.migration.MigrationException if it cannot go on; what was done
   *     stays, and it can be run again
   * @throws InterruptedException if the thread is interrupted; it can be run again
   */
  public static <E, S> Migration.Report run(
      NodeConfig node,
      OldEvents from,
      EntityType<?, E, S> type,
      MigrationAdapter<E> adapter,
      String prefix,
      Consumer<Migration.Report> progress)
      throws StartupException, InterruptedException {
    DataFolderLock lock = DataFolderLock.acquire(node.dataDir());
    try (ReplicaHome home = NodeStorage.open(node, new Incarnations(System::currentTimeMillis))) {
      JournalTarget<E, S> target =
          new JournalTarget<>(home.database(), type, new NodeClock(System::currentTimeMillis));
      return new Migration<>(from, mapping(adapter, prefix), target, PATIENCE)
          .all(
              prefix,
              new MigrationProgress() {
                @Override
                public String doneUpTo() {
                  return "";
                }

                @Override
                public void done(String persistenceId) {
                  // what is there already counts once
                }

                @Override
                public void report(Migration.Report soFar) {
                  progress.accept(soFar);
                }
              });
    } finally {
      lock.close();
    }
  }

  private static <E> Migration.Mapping<E> mapping(MigrationAdapter<E> adapter, String prefix) {
    return new Migration.Mapping<>() {
      @Override
      public Optional<String> id(String persistenceId) {
        return adapter.id(persistenceId, prefix);
      }

      @Override
      public Optional<E> event(OldEvent old) {
        return adapter.event(old);
      }
    };
  }
}
