package dev.converge.pekko;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.journal.DatabaseAddress;
import dev.converge.pekko.journal.JournalDatabase;
import dev.converge.pekko.journal.JournalException;
import dev.converge.pekko.journal.ReplicaLog;
import dev.converge.pekko.membership.Replicas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of a replica: the database of its present incarnation, and in {@code attic} those of
 * former ones, of which something has to be brought back yet.
 *
 * <p>Opening moves a database whose incarnation is over to the attic, and makes an empty one. A
 * crash at any point leaves something that the next opening goes on from. Not thread-safe.
 */
public final class ReplicaHome implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicaHome.class);
  private static final String FILE = "journal.mv.db";

  private final Path attic;
  private final JournalDatabase database;
  private final List<JournalDatabase> attics;

  private ReplicaHome(Path attic, JournalDatabase database, List<JournalDatabase> attics) {
    this.attic = attic;
    this.database = database;
    this.attics = attics;
  }

  /**
   * A home on a database server, which has no attic: when an incarnation is over, an operator gives
   * the node an empty database.
   *
   * @throws JournalException if it cannot be opened, or its incarnation is over
   */
  public static ReplicaHome at(
      DatabaseAddress address, Path folder, String name, LongSupplier newIncarnation) {
    JournalDatabase database =
        JournalDatabase.open(address, "the database at " + address.url(), name, newIncarnation);
    if (Replicas.isOver(database)) {
      database.close();
      throw new JournalException(
          "replica "
              + database.self()
              + " is over; give the node an empty database (converge.database.url), and keep the old"
              + " one until you have looked whether it has something that the others lack",
          null);
    }
    return new ReplicaHome(folder.resolve("attic"), database, List.of());
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
    Path attic = folder.resolve("attic");
    JournalDatabase database = database(folder, name, flushed, newIncarnation);
    List<JournalDatabase> attics = new ArrayList<>();
    try {
      if (Replicas.isOver(database)) {
        ReplicaId former = database.self();
        database.close();
        moveUp(folder, attic, former);
        database = database(folder, name, flushed, newIncarnation);
        LOG.info("{} is over, and begins anew as {}", former, database.self());
      }
      for (Path old : folders(attic)) {
        if (Files.exists(old.resolve(FILE))) {
          attics.add(database(old, name, flushed, newIncarnation));
        }
      }
      return new ReplicaHome(attic, database, attics);
    } catch (RuntimeException e) {
      attics.forEach(JournalDatabase::close);
      database.close();
      throw e;
    }
  }

  private static JournalDatabase database(
      Path folder, String name, boolean flushed, LongSupplier newIncarnation) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new JournalException("cannot create the data folder " + folder + ": " + e, e);
    }
    return JournalDatabase.open(
        DatabaseAddress.h2(folder.resolve("journal")).flushing(flushed),
        "the database in " + folder,
        name,
        newIncarnation);
  }

  private static void moveUp(Path folder, Path attic, ReplicaId former) {
    Path place = place(attic, former);
    try {
      Files.createDirectories(place);
      Files.move(folder.resolve(FILE), place.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new JournalException(
          "cannot move the database of "
              + former
              + " from "
              + folder
              + " to "
              + place
              + "; do that by hand, then start the node: "
              + e,
          e);
    }
  }

  private static Path place(Path attic, ReplicaId former) {
    return attic.resolve(Long.toString(former.incarnation()));
  }

  /** The oldest first. */
  private static List<Path> folders(Path attic) {
    if (!Files.isDirectory(attic)) {
      return List.of();
    }
    try (Stream<Path> found = Files.list(attic)) {
      return found
          .filter(folder -> folder.getFileName().toString().matches("\\d{1,19}"))
          .sorted(Comparator.comparingLong(folder -> number(folder)))
          .toList();
    } catch (IOException e) {
      throw new JournalException("cannot read the folder " + attic + ": " + e, e);
    }
  }

  private static long number(Path folder) {
    return Long.parseLong(folder.getFileName().toString());
  }

  /** The database of the present incarnation. */
  public JournalDatabase database() {
    return database;
  }

  /** Those of former ones, the oldest first, open. */
  public List<ReplicaLog> attics() {
    return List.copyOf(attics);
  }

  /**
   * Nothing is to be brought back of this one any more. Its database is closed, and kept under
   * another name: an operator may delete it.
   */
  public synchronized void done(ReplicaId former) {
    for (JournalDatabase old : attics) {
      if (old.self().equals(former)) {
        old.close();
        Path place = place(attic, former);
        try {
          Files.move(place.resolve(FILE), place.resolve("done-" + FILE));
          LOG.info("all of {} is back; {} may be deleted", former, place);
        } catch (IOException e) {
          LOG.warn(
              "cannot rename the database in {}: {}; nothing of it is lost", place, e.toString());
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
