package dev.converge.pekko.journal;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.zaxxer.hikari.HikariDataSource;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.frontier.Promise;
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
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

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
  private final DatabaseAddress address;
  private final HikariDataSource pool;
  private final ReplicaId self;
  private final ReplicaTable replicas;
  private final LogReader reader;
  private final CommitThread log;

  private JournalDatabase(
      DatabaseAddress address, HikariDataSource pool, ReplicaId self, ReplicaTable replicas) {
    this.address = address;
    this.pool = pool;
    this.self = self;
    this.replicas = replicas;
    this.reader = new LogReader(pool, replicas);
    this.log = new CommitThread(self, new LogSql(pool, replicas));
  }

  /**
   * Opens the H2 database in {@code folder}, or creates it.
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
    return open(
        DatabaseAddress.h2(folder.resolve("journal")),
        "the database in " + folder,
        name,
        newIncarnation);
  }

  /**
   * Opens a database, and creates the tables if they are not there.
   *
   * @param what names the database in errors
   * @throws JournalException as above
   */
  public static JournalDatabase open(
      DatabaseAddress address, String what, String name, LongSupplier newIncarnation) {
    HikariDataSource pool = null;
    try {
      pool = new HikariDataSource(address.poolConfig());
      try (Connection connection = pool.getConnection()) {
        JournalSchema.createIfMissing(connection, address.dialect());
        ReplicaTable replicas = ReplicaTable.read(connection);
        ReplicaId self = identity(pool, replicas, name, newIncarnation);
        return new JournalDatabase(address, pool, self, replicas);
      }
    } catch (SQLException | RuntimeException e) {
      if (pool != null) {
        pool.close();
      }
      throw new JournalException("cannot open " + what + ": " + e.getMessage(), e);
    }
  }

  private static ReplicaId identity(
      HikariDataSource pool, ReplicaTable replicas, String name, LongSupplier newIncarnation)
      throws SQLException {
    ReplicaId found = replicas.own();
    if (found == null) {
      ReplicaId created = new ReplicaId(name, newIncarnation.getAsLong());
      replicas.setOwn(pool, created);
      return created;
    }
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

  /** This replica's id, which lives as long as the database. */
  public ReplicaId self() {
    return self;
  }

  /** All replica ids this database has heard of, its own among them. */
  public TreeSet<ReplicaId> knownReplicas() {
    return new TreeSet<>(replicas.all().keySet());
  }

  /** Remembers another replica's id. */
  public void addKnownReplica(ReplicaId id) {
    try {
      replicas.numberOf(pool, id);
    } catch (SQLException e) {
      throw new JournalException("cannot store replica " + id + ": " + e.getMessage(), e);
    }
  }

  /** Tells {@code listener} of all commits from now on. */
  public void addCommitListener(CommitListener listener) {
    log.addListener(listener);
  }

  /**
   * Promises, durably, that no own event of {@code time} or before will be stored any more: after
   * all writes that are queued now. Raise the clock to {@code time} first, or own events will be
   * refused.
   *
   * @return the promise given; fails with a {@link JournalException} if the database does not take
   *     it
   */
  public CompletionStage<Promise> promise(HybridTimestamp time) {
    return log.promise(time);
  }

  CommitThread log() {
    return log;
  }

  LogReader reader() {
    return reader;
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
                "SELECT DISTINCT \"persistence_id\" FROM \"event_log\""
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
                "SELECT \"persistence_id\", \"event_payload\" FROM \"event_log\""
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
   * The settings that put Pekko Persistence on this database: the journal of this package, and
   * {@code pekko-persistence-jdbc}'s snapshots. The system is then to be {@linkplain
   * JournalBinding#bind bound} to it.
   */
  public Config pluginConfig() {
    String db = "pekko-persistence-jdbc.shared-databases.slick";
    Map<String, Object> settings =
        Map.ofEntries(
            Map.entry("pekko.persistence.journal.plugin", "converge-journal"),
            Map.entry("pekko.persistence.snapshot-store.plugin", "jdbc-snapshot-store"),
            Map.entry("jdbc-snapshot-store.use-shared-db", "slick"),
            Map.entry(db + ".profile", address.slickProfile()),
            Map.entry(db + ".db.url", address.url()),
            Map.entry(db + ".db.user", address.user()),
            Map.entry(db + ".db.password", address.password()),
            Map.entry(db + ".db.driver", address.driver()),
            Map.entry(db + ".db.numThreads", 2),
            Map.entry(db + ".db.maxConnections", 2),
            Map.entry(db + ".db.minConnections", 1),
            Map.entry(db + ".db.queueSize", 10_000),
            Map.entry(db + ".db.connectionTimeout", 10_000));
    return ConfigFactory.parseMap(settings, "the journal's settings");
  }

  /**
   * Ends after the commit under way and closes the own connections. The snapshot plugin closes its
   * own when its actor system ends.
   */
  @Override
  public void close() {
    log.close();
    pool.close();
  }
}
