package dev.converge.pekko.journal;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.converge.crdt.clock.ReplicaId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.h2.jdbcx.JdbcConnectionPool;

/**
 * A replica's own database, an H2 file: opens it, creates the tables and the replica's identity,
 * and answers what the journal plugin has no question for.
 *
 * <p>Commits are on the file before they return ({@code WRITE_DELAY=0}), so what was acknowledged
 * survives the death of the process. They are not forced to the platter: a power cut can take the
 * last moments.
 *
 * <p>Thread-safe. Every method may block on the database.
 */
public final class JournalDatabase implements AutoCloseable {
  private final String url;
  private final JdbcConnectionPool pool;
  private final ReplicaId self;

  private JournalDatabase(String url, JdbcConnectionPool pool, ReplicaId self) {
    this.url = url;
    this.pool = pool;
    this.self = self;
  }

  /**
   * Opens the database in {@code folder}, or creates it.
   *
   * @param name the replica's configured name
   * @param newIncarnation called only for a database without an identity; must never give the same
   *     number twice, and a later one should be larger
   * @throws JournalException if the database cannot be opened, is of a newer version, or belongs to
   *     another name
   */
  public static JournalDatabase open(Path folder, String name, LongSupplier newIncarnation) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new JournalException("cannot create the data folder " + folder + ": " + e, e);
    }
    if (folder.toAbsolutePath().toString().indexOf(';') >= 0) {
      throw new JournalException("the data folder's path may not contain ';': " + folder, null);
    }
    String url = url(folder.resolve("journal"));
    JdbcConnectionPool pool = JdbcConnectionPool.create(url, "converge", "");
    pool.setMaxConnections(4);
    try (Connection connection = pool.getConnection()) {
      JournalSchema.createIfMissing(connection);
      return new JournalDatabase(url, pool, identity(connection, name, newIncarnation));
    } catch (SQLException | IllegalStateException e) {
      pool.dispose();
      throw new JournalException(
          "cannot open the database in " + folder + ": " + e.getMessage(), e);
    }
  }

  /** The URL of the database in {@code file}, with the settings that our promises rest on. */
  static String url(Path file) {
    return "jdbc:h2:file:"
        + file.toAbsolutePath()
        + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;LOCK_TIMEOUT=10000;MAX_LENGTH_INPLACE_LOB=8192";
  }

  private static ReplicaId identity(Connection connection, String name, LongSupplier newIncarnation)
      throws SQLException {
    try (PreparedStatement query =
            connection.prepareStatement(
                "SELECT \"name\", \"incarnation\" FROM \"converge_replica\" WHERE \"own\"");
        ResultSet rows = query.executeQuery()) {
      if (rows.next()) {
        ReplicaId found = new ReplicaId(rows.getString(1), rows.getLong(2));
        if (!found.name().equals(name)) {
          throw new IllegalStateException(
              "it belongs to replica '"
                  + found.name()
                  + "', this node is '"
                  + name
                  + "'; point the node at its own data folder");
        }
        return found;
      }
    }
    ReplicaId created = new ReplicaId(name, newIncarnation.getAsLong());
    insert(connection, created, true);
    return created;
  }

  private static void insert(Connection connection, ReplicaId id, boolean own) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO \"converge_replica\" (\"name\", \"incarnation\", \"own\") VALUES (?, ?, ?)")) {
      insert.setString(1, id.name());
      insert.setLong(2, id.incarnation());
      insert.setBoolean(3, own);
      insert.executeUpdate();
    }
  }

  /** This replica's id, which lives as long as the database. */
  public ReplicaId self() {
    return self;
  }

  /** All replica ids this database has heard of, its own among them. */
  public TreeSet<ReplicaId> knownReplicas() {
    try (Connection connection = pool.getConnection();
        PreparedStatement query =
            connection.prepareStatement(
                "SELECT \"name\", \"incarnation\" FROM \"converge_replica\"");
        ResultSet rows = query.executeQuery()) {
      TreeSet<ReplicaId> known = new TreeSet<>();
      while (rows.next()) {
        known.add(new ReplicaId(rows.getString(1), rows.getLong(2)));
      }
      return known;
    } catch (SQLException e) {
      throw new JournalException("cannot read the known replicas: " + e.getMessage(), e);
    }
  }

  /** Remembers another replica's id. */
  public void addKnownReplica(ReplicaId id) {
    try (Connection connection = pool.getConnection()) {
      insert(connection, id, false);
    } catch (SQLException e) {
      if (!"23505".equals(e.getSQLState())) { // unique violation: known already
        throw new JournalException("cannot store replica " + id + ": " + e.getMessage(), e);
      }
    }
  }

  /**
   * Persistence ids that start with {@code prefix} and come after {@code after}, sorted by code
   * unit.
   *
   * @param limit at least 1
   */
  public List<String> persistenceIds(String prefix, String after, int limit) {
    String from = after.compareTo(prefix) > 0 ? after : prefix;
    try (Connection connection = pool.getConnection();
        PreparedStatement query =
            connection.prepareStatement(
                "SELECT DISTINCT \"persistence_id\" FROM \"event_journal\""
                    + " WHERE \"persistence_id\" >= ? AND \"persistence_id\" <> ?"
                    + " AND LEFT(\"persistence_id\", ?) = ? ORDER BY 1 LIMIT ?")) {
      query.setString(1, from);
      query.setString(2, after);
      query.setInt(3, prefix.length());
      query.setString(4, prefix);
      query.setInt(5, limit);
      try (ResultSet rows = query.executeQuery()) {
        List<String> ids = new ArrayList<>();
        while (rows.next()) {
          ids.add(rows.getString(1));
        }
        return ids;
      }
    } catch (SQLException e) {
      throw new JournalException("cannot list the persistence ids: " + e.getMessage(), e);
    }
  }

  /** Takes one row of the journal. */
  public interface RowConsumer {
    /** One event of an entity, in the order of the entity's sequence numbers. */
    void accept(String persistenceId, byte[] payload);
  }

  /**
   * Reads the whole journal, entity by entity.
   *
   * <p>O(events); runs once in the background after a start, to build the index of anti-entropy.
   */
  public void scan(RowConsumer consumer) {
    try (Connection connection = pool.getConnection();
        PreparedStatement query =
            connection.prepareStatement(
                "SELECT \"persistence_id\", \"event_payload\" FROM \"event_journal\""
                    + " WHERE \"persistence_id\" > ? ORDER BY \"persistence_id\","
                    + " \"sequence_number\" LIMIT ?")) {
      // Page by page and whole entities only, so that neither memory nor a transaction grows with
      // the journal.
      String last = "";
      int limit = 10_000;
      while (true) {
        query.setString(1, last);
        query.setInt(2, limit);
        List<Map.Entry<String, byte[]>> page = new ArrayList<>();
        try (ResultSet rows = query.executeQuery()) {
          while (rows.next()) {
            page.add(Map.entry(rows.getString(1), rows.getBytes(2)));
          }
        }
        if (page.isEmpty()) {
          return;
        }
        boolean complete = page.size() < limit;
        String cut = page.get(page.size() - 1).getKey();
        if (!complete && cut.equals(page.get(0).getKey())) {
          limit *= 2; // one entity fills the page
          continue;
        }
        for (Map.Entry<String, byte[]> row : page) {
          if (complete || !row.getKey().equals(cut)) {
            consumer.accept(row.getKey(), row.getValue());
            last = row.getKey();
          }
        }
        if (complete) {
          return;
        }
      }
    } catch (SQLException e) {
      throw new JournalException("cannot read the journal: " + e.getMessage(), e);
    }
  }

  /**
   * The settings that put {@code pekko-persistence-jdbc}'s journal and snapshots on this database.
   */
  public Config pluginConfig() {
    String db = "pekko-persistence-jdbc.shared-databases.slick";
    Map<String, Object> settings =
        Map.ofEntries(
            Map.entry("pekko.persistence.journal.plugin", "jdbc-journal"),
            Map.entry("pekko.persistence.snapshot-store.plugin", "jdbc-snapshot-store"),
            Map.entry("jdbc-journal.use-shared-db", "slick"),
            Map.entry("jdbc-snapshot-store.use-shared-db", "slick"),
            Map.entry("jdbc-read-journal.use-shared-db", "slick"),
            // Enough for a burst of every live entity; beyond it the journal refuses and the
            // command fails.
            Map.entry("jdbc-journal.bufferSize", 20_000),
            // One writer: what queues up behind a commit goes into the next as one transaction.
            Map.entry("jdbc-journal.parallelism", 1),
            Map.entry(db + ".profile", "slick.jdbc.H2Profile$"),
            Map.entry(db + ".db.url", url),
            Map.entry(db + ".db.user", "converge"),
            Map.entry(db + ".db.password", ""),
            Map.entry(db + ".db.driver", "org.h2.Driver"),
            Map.entry(db + ".db.numThreads", 8),
            Map.entry(db + ".db.maxConnections", 8),
            Map.entry(db + ".db.minConnections", 8),
            Map.entry(db + ".db.queueSize", 50_000),
            Map.entry(db + ".db.connectionTimeout", 10_000));
    return ConfigFactory.parseMap(settings, "the journal's settings");
  }

  /** Closes the own connections. The journal plugin closes its own when its actor system ends. */
  @Override
  public void close() {
    pool.dispose();
  }
}
