package dev.converge.pekko;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.journal.AtticName;
import dev.converge.pekko.journal.DatabaseAddress;
import dev.converge.pekko.journal.Dialect;
import dev.converge.pekko.journal.JournalException;
import dev.converge.pekko.journal.ServerAttic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Where a replica's databases are: the present one, and those of former incarnations. All methods
 * throw a {@link JournalException} if what they say cannot be done.
 */
interface HomePlace {
  /** The present one. */
  DatabaseAddress present();

  /** How errors name it. */
  String shown();

  /** Former ones, the oldest first. */
  List<DatabaseAddress> attics();

  /** Moves what is the present one, which is closed, among the former ones; all or nothing. */
  void moveUp(ReplicaId former);

  /**
   * Takes a former one, which is closed, out of them, without losing anything.
   *
   * @return what an operator may delete
   */
  String done(ReplicaId former);

  /** An H2 file in a folder; the former ones' in {@code attic}, each in a folder of its own. */
  record Folder(Path folder, boolean flushed) implements HomePlace {
    private static final String FILE = "journal.mv.db";

    @Override
    public DatabaseAddress present() {
      try {
        Files.createDirectories(folder);
      } catch (IOException e) {
        throw new JournalException("cannot create the data folder " + folder + ": " + e, e);
      }
      return in(folder);
    }

    private DatabaseAddress in(Path place) {
      return DatabaseAddress.h2(place.resolve("journal")).flushing(flushed);
    }

    @Override
    public String shown() {
      return "the database in " + folder;
    }

    private Path attic() {
      return folder.resolve("attic");
    }

    private Path place(ReplicaId former) {
      return attic().resolve(Long.toString(former.incarnation()));
    }

    @Override
    public List<DatabaseAddress> attics() {
      List<DatabaseAddress> found = new ArrayList<>();
      for (Path place : folders()) {
        if (Files.exists(place.resolve(FILE))) {
          found.add(in(place));
        }
      }
      return found;
    }

    private List<Path> folders() {
      if (!Files.isDirectory(attic())) {
        return List.of();
      }
      try (Stream<Path> found = Files.list(attic())) {
        return found
            .filter(place -> number(place).isPresent())
            .sorted(Comparator.comparingLong(place -> number(place).orElseThrow()))
            .toList();
      } catch (IOException e) {
        throw new JournalException("cannot read the folder " + attic() + ": " + e, e);
      }
    }

    private static OptionalLong number(Path place) {
      return AtticName.incarnation(place.getFileName().toString());
    }

    @Override
    public void moveUp(ReplicaId former) {
      Path place = place(former);
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

    @Override
    public String done(ReplicaId former) {
      Path place = place(former);
      try {
        Files.move(place.resolve(FILE), place.resolve("done-" + FILE));
        return place.toString();
      } catch (IOException e) {
        throw new JournalException("cannot rename the database in " + place + ": " + e, e);
      }
    }
  }

  /**
   * Tables of a PostgreSQL database; the former ones' in schemas beside them. An H2 database that
   * is given by its address has no attic.
   */
  record Server(DatabaseAddress present, ServerAttic attic) implements HomePlace {
    Server(DatabaseAddress present) {
      this(present, new ServerAttic(present));
    }

    @Override
    public String shown() {
      return "the database at " + present.url();
    }

    @Override
    public List<DatabaseAddress> attics() {
      return present.dialect() == Dialect.H2 ? List.of() : attic.list();
    }

    @Override
    public void moveUp(ReplicaId former) {
      if (present.dialect() == Dialect.H2) {
        throw new JournalException(
            former + " is over; give it the folder of its database, not an address", null);
      }
      attic.move(former);
    }

    @Override
    public String done(ReplicaId former) {
      return "schema " + attic.done(former);
    }
  }
}
