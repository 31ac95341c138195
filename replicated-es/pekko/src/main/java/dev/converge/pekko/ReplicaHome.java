package dev.converge.pekko;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.journal.DatabaseAddress;
import dev.converge.pekko.journal.JournalDatabase;
import dev.converge.pekko.journal.JournalException;
import dev.converge.pekko.journal.ReplicaLog;
import dev.converge.pekko.membership.Replicas;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The databases of a replica: that of its present incarnation, and in an attic those of former
 * ones, of which something has to be brought back yet. The attic is a folder beside an H2 file, and
 * schemas beside the tables in PostgreSQL.
 *
 * <p>Opening moves a database whose incarnation is over to the attic, and makes an empty one. A
 * crash at any point leaves something that the next opening goes on from. Not thread-safe.
 */
public final class ReplicaHome implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicaHome.class);

  private final HomePlace place;
  private final JournalDatabase database;
  private final List<JournalDatabase> attics;

  private ReplicaHome(HomePlace place, JournalDatabase database, List<JournalDatabase> attics) {
    this.place = place;
    this.database = database;
    this.attics = new ArrayList<>(attics);
  }

  /**
   * Opens the databases at a server, or creates the present one.
   *
   * @param name the replica's configured name
   * @param newIncarnation as for {@link JournalDatabase#open}
   * @throws JournalException if one of them cannot be opened, or moved
   */
  public static ReplicaHome at(DatabaseAddress address, String name, LongSupplier newIncarnation) {
    return open(new HomePlace.Server(address), name, newIncarnation);
  }

  /**
   * Opens the databases in {@code folder}, or creates the present one.
   *
   * @param name the replica's configured name
   * @param flushed see {@link DatabaseAddress#flushed}
   * @param newIncarnation as for {@link JournalDatabase#open}
   * @throws JournalException if one of them cannot be opened, or moved
   */
  public static ReplicaHome open(
      Path folder, String name, boolean flushed, LongSupplier newIncarnation) {
    return open(new HomePlace.Folder(folder, flushed), name, newIncarnation);
  }

  private static ReplicaHome open(HomePlace place, String name, LongSupplier newIncarnation) {
    JournalDatabase database =
        JournalDatabase.open(place.present(), place.shown(), name, newIncarnation);
    List<JournalDatabase> attics = new ArrayList<>();
    try {
      if (Replicas.isOver(database)) {
        ReplicaId former = database.self();
        database.close();
        place.moveUp(former);
        database = JournalDatabase.open(place.present(), place.shown(), name, newIncarnation);
        LOG.info("{} is over, and begins anew as {}", former, database.self());
      }
      for (DatabaseAddress former : place.attics()) {
        attics.add(
            JournalDatabase.open(former, "the database at " + former.url(), name, newIncarnation));
      }
      return new ReplicaHome(place, database, attics);
    } catch (RuntimeException e) {
      attics.forEach(JournalDatabase::close);
      database.close();
      throw e;
    }
  }

  /** The database of the present incarnation. */
  public JournalDatabase database() {
    return database;
  }

  /** Those of former ones, the oldest first, open. */
  public synchronized List<ReplicaLog> attics() {
    return List.copyOf(attics);
  }

  /**
   * Nothing is to be brought back of this one any more. Its database is closed, and kept under
   * another name: an operator may delete it.
   */
  public synchronized void done(ReplicaId former) {
    for (JournalDatabase old : List.copyOf(attics)) {
      if (old.self().equals(former)) {
        old.close();
        attics.remove(old);
        try {
          LOG.info("all of {} is back; {} may be deleted", former, place.done(former));
        } catch (JournalException e) {
          LOG.warn("{}; nothing of it is lost", e.getMessage());
        }
      }
    }
  }

  /** Closes all databases. */
  @Override
  public synchronized void close() {
    attics.forEach(JournalDatabase::close);
    database.close();
  }
}
