package dev.converge.pekko.journal;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import dev.converge.engine.frontier.Retention;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A replica's own database: opens it, creates the tables and the replica's identity, and answers
 * what the journal plugin has no question for.
 *
 * <p>In an H2 file commits are in the file before they return ({@code WRITE_DELAY=0}), so what was
 * acknowledged survives the death of the process. Events are forced to the disk only if {@link
 * DatabaseAddress#flushed} says so: else a power cut can take the last moments. Promises, records
 * and named values always are.
 *
 * <p>Thread-safe. Every method may block on the database.
 */
public final class JournalDatabase implements ReplicaLog, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JournalDatabase.class);
  private static final Duration EXPORT_PAUSE = Duration.ofMinutes(5);

  private final LongSupplier wallMillis = System::currentTimeMillis;
  private final Dialect dialect;
  private final HikariDataSource pool;
  private final HikariDataSource writers;
  private final Writing writing;
  private final ReplicaId self;
  private final ReplicaTable replicas;
  private final EntityIndex index;
  private final LogReader reader;
  private final LogTimes times;
  private final MessageRows messages;
  private final Snapshots snapshots;
  private final CommitThread commits;
  private final LogExport export;

  /** When a page of an export was last asked for, by {@link System#nanoTime}; 0: never. */
  private volatile long exportedAt;

  /** Behind what was imported so far. */
  private final AtomicLong importedTo = new AtomicLong(1);

  private final ErasedEntities erased = new ErasedEntities();
  private final Eraser eraser;
  private final RowRepair repair;
  private final Compactor compactor;

  private JournalDatabase(
      Dialect dialect,
      HikariDataSource pool,
      HikariDataSource writers,
      Writing writing,
      ReplicaId self,
      ReplicaTable replicas)
      throws SQLException {
    this.dialect = dialect;
    this.pool = pool;
    this.writers = writers;
    this.writing = writing;
    this.self = self;
    this.replicas = replicas;
    this.index = new EntityIndex();
    this.reader = new LogReader(pool, replicas, index, erased);
    this.times = new LogTimes(pool, replicas);
    this.messages = new MessageRows(pool, writing);
    this.snapshots = new Snapshots(pool, writing);
    this.export = new LogExport(reader, snapshots, replicas);
    this.commits =
        new CommitThread(
            LogSql.claim(writing, replicas, self, reader, index, erased),
            () -> {
              renew(writers);
              renew(pool);
            });
    this.repair = new RowRepair(writing, replicas, reader);
    this.eraser = new Eraser(writing, reader, erased);
    this.compactor = new Compactor(pool, writing, replicas, reader, snapshots, commits, index);
  }

  /** A question to the database. */
  interface Query<T> {
    T ask() throws SQLException;
  }

  /**
   * Asks, and turns what may go wrong into a {@link JournalException}. Once more if the connection
   * may have been a dead one; not if the server gave none for so long.
   */
  <T> T read(String what, Query<T> query) {
    try {
      return query.ask();
    } catch (SQLException e) {
      renew(pool);
      if (e instanceof SQLTransientException) {
        if (dialect != Dialect.H2) {
          throw failed(what, e);
        }
        // After a failure H2 can lose sight of a database that the writer has opened again, and
        // then finds its file locked. It is opened for all once nobody has it.
        renew(writers);
      }
      return once(what, query);
    }
  }

  private static <T> T once(String what, Query<T> query) {
    try {
      return query.ask();
    } catch (SQLException e) {
      throw failed(what, e);
    }
  }

  private static JournalException failed(String what, SQLException why) {
    return new JournalException("cannot read " + what + ": " + why.getMessage(), why);
  }

  /**
   * The pool does not see that a connection in steady use is dead: H2's errors mean nothing to it.
   */
  private static void renew(HikariDataSource pool) {
    HikariPoolMXBean bean = pool.getHikariPoolMXBean();
    if (bean != null) {
      bean.softEvictConnections();
    }
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
    List<HikariDataSource> pools = new ArrayList<>();
    try {
      HikariDataSource pool = new HikariDataSource(address.readers());
      pools.add(pool);
      ReplicaTable replicas;
      ReplicaId self;
      // H2 uses no space again before the first turn of the writer below, so this needs none.
      try (Connection connection = pool.getConnection()) {
        JournalSchema.createIfMissing(connection, address.dialect());
        replicas = ReplicaTable.read(connection);
      }
      HikariDataSource writers = new HikariDataSource(address.writers());
      pools.add(writers);
      Writing writing = new Writing(new OneWriter(address.dialect(), address.flushed()), writers);
      self = identity(writing, replicas, name, newIncarnation);
      return new JournalDatabase(address.dialect(), pool, writers, writing, self, replicas);
    } catch (SQLException | RuntimeException e) {
      pools.forEach(HikariDataSource::close);
      throw new JournalException("cannot open " + what + ": " + e.getMessage(), e);
    }
  }

  private static ReplicaId identity(
      Writing writing, ReplicaTable replicas, String name, LongSupplier newIncarnation)
      throws SQLException {
    ReplicaId found = replicas.own();
    if (found == null) {
      ReplicaId created = new ReplicaId(name, newIncarnation.getAsLong());
      replicas.setOwn(writing, created);
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
  @Override
  public ReplicaId self() {
    return self;
  }

  /** All replica ids this database has heard of, its own among them. */
  public TreeSet<ReplicaId> knownReplicas() {
    return new TreeSet<>(replicas.all().keySet());
  }

  /** Remembers another replica's id. */
  public void addKnownReplica(ReplicaId id) {
    read("the replicas", () -> replicas.numberOf(writing, id));
  }

  @Override
  public VersionVector held() {
    return commits.head().held();
  }

  @Override
  public Promise promise() {
    return commits.promise();
  }

  /**
   * {@inheritDoc} Raise the clock to {@code time} first, or own events will be refused.
   *
   * @return the promise given, a later one if that was given before
   */
  @Override
  public CompletionStage<Promise> promise(HybridTimestamp time) {
    CompletableFuture<Promise> done = new CompletableFuture<>();
    commits.submit(new Job.Promising(time, done));
    return done;
  }

  @Override
  public CompletionStage<Void> store(List<LogRow> rows) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    commits.submit(new Job.Store(List.copyOf(rows), done));
    return done;
  }

  @Override
  public CompletionStage<Void> write(String key, List<EventRecord> events) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    commits.submit(new Write(key, events.stream().map(Row::of).toList(), done));
    return done;
  }

  @Override
  public CompletionStage<LogRow> append(BiFunction<Promise, VersionVector, LogEntry> make) {
    CompletableFuture<LogRow> done = new CompletableFuture<>();
    commits.submit(new Job.Append(make, done));
    return done;
  }

  /**
   * {@inheritDoc}
   *
   * @throws DamagedRowException if the first row of the page is damaged; one further on ends the
   *     page
   */
  @Override
  public List<LogRow> log(ReplicaId origin, long after, int maxRows, long maxBytes) {
    return read("the log of " + origin, () -> reader.log(origin, after, maxRows, maxBytes));
  }

  @Override
  public Optional<LogRow> row(ReplicaId origin, long lsn) {
    return read("row " + lsn + " of " + origin, () -> reader.row(origin, lsn));
  }

  /** {@inheritDoc} A damaged row is as in {@link #log}. */
  @Override
  public List<LogRow> entityRows(String key, long afterPosition, int maxRows) {
    return read("the rows of " + key, () -> reader.entityRows(key, afterPosition, maxRows));
  }

  @Override
  public void addRowListener(RowListener listener) {
    commits.addListener(listener);
  }

  @Override
  public Optional<byte[]> state(String name) {
    return read("the value '" + name + "'", () -> reader.value(name));
  }

  @Override
  public CompletionStage<Void> putState(String name, byte[] value) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    commits.submit(new Job.Put(name, value, done));
    return done;
  }

  @Override
  public List<LogRow> marks(long afterPosition, int maxRows) {
    return read(
        "the records of replicas",
        () -> reader.entityRows(EntryForm.NO_ENTITY, afterPosition, maxRows));
  }

  /** {@inheritDoc} Entity by entity. A damaged row ends it, and is to be repaired first. */
  @Override
  public ExportPage exportPage(byte[] cursor, int maxBytes) {
    exportedAt = System.nanoTime() | 1;
    return read("all that is stored", () -> export.page(cursor, commits.head(), maxBytes));
  }

  /** Whether a replica is just taking in what is stored here, so that nothing may be deleted. */
  boolean isExporting() {
    long last = exportedAt;
    return last != 0 && System.nanoTime() - last < EXPORT_PAUSE.toNanos();
  }

  @Override
  public CompletionStage<Void> importBegin() {
    importedTo.set(1);
    CompletableFuture<Void> done = new CompletableFuture<>();
    commits.submit(new Importing.Begin(index, erased, done));
    return done;
  }

  @Override
  public CompletionStage<Void> importPage(byte[] body) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    try {
      TransferForm.Page page = TransferForm.read(body, wallMillis.getAsLong());
      page.rows().forEach(row -> importedTo.accumulateAndGet(row.position() + 1, Math::max));
      page.checkpoints()
          .forEach(saved -> importedTo.accumulateAndGet(saved.position() + 1, Math::max));
      commits.submit(new Importing.Page(page, replicas, done));
    } catch (IllegalArgumentException e) {
      done.completeExceptionally(e);
    }
    return done;
  }

  @Override
  public CompletionStage<Void> importEnd(VersionVector held, Map<String, byte[]> states) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    held.entries().keySet().forEach(this::addKnownReplica);
    commits.submit(new Importing.End(held, importedTo.get(), Map.copyOf(states), done));
    return done;
  }

  /**
   * Stores a checkpoint of an entity. The newest two stay, and up to two older ones that the
   * compaction of the journal rests on.
   *
   * @param position that of the last row that it covers, from 0: replay starts behind it
   * @param bytes kept as they are
   * @return fails with a {@link JournalException} if the database does not take it
   */
  public CompletionStage<Void> saveCheckpoint(String persistenceId, long position, byte[] bytes) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    long now = wallMillis.getAsLong();
    commits.submit(new Job.Save(Snapshot.checkpoint(persistenceId, position, now, bytes), done));
    return done;
  }

  /** The checkpoints of an entity that can be read, newest first. */
  public List<StoredCheckpoint> checkpoints(String persistenceId) {
    return isErased(persistenceId)
        ? List.of()
        : read("the checkpoints of " + persistenceId, () -> snapshots.checkpoints(persistenceId));
  }

  /**
   * What is wrong with the rows of an entity: all of them are read, and their contents hashed. For
   * people, and before a repair; O(rows of the entity).
   */
  public List<DamagedRowException> damaged(String persistenceId) {
    return read("the rows of " + persistenceId, () -> repair.damaged(persistenceId));
  }

  /**
   * Puts a good copy, as a peer sent it, in the place of a damaged row. It has to be what was
   * written here: entity, origin, log number, dot, time and contents agree, by the content hash and
   * by the checksum that was stored with the row.
   *
   * @return false if the row here is not damaged
   * @throws JournalException if the copy is damaged too, or is another; nothing is changed then
   */
  public boolean repair(LogRow copy) {
    return once("row " + copy.lsn() + " of " + copy.origin(), () -> repair.repair(copy));
  }

  /**
   * Takes events out of the journal that {@code retention} lets go, of entities with a checkpoint
   * that covers them and that a fold can start from. In transactions of at most 500 rows, which do
   * not hold up writers. Takes long on a large journal: call it for some entities at a time.
   *
   * <p>Does nothing while a replica takes in what is stored here, and for five minutes after.
   *
   * <p>What {@link #log} says of an origin has holes afterwards, below {@link #firstFullLsn}. Other
   * rows than events stay.
   *
   * @param archive where rows go first; null to drop them
   * @param afterId the entities behind this one, by persistence id; empty to begin
   * @param maxEntities at least 1
   * @throws java.io.UncheckedIOException if the archive cannot be written; what was not archived
   *     stays
   */
  public CompactionReport compact(
      Retention retention,
      CheckpointRule rule,
      @Nullable JournalArchive archive,
      String afterId,
      int maxEntities) {
    if (isExporting()) {
      LOG.debug("not compacted now: a replica joins with what is stored here");
      return new CompactionReport(0, 0, 0, 0, 0, Optional.empty());
    }
    return once(
        "the journal to compact it",
        () -> compactor.compact(retention, rule, archive, afterId, maxEntities));
  }

  @Override
  public boolean isErased(String key) {
    return erased.contains(key);
  }

  @Override
  public Optional<EventRecord> erasure(String key) {
    return Optional.ofNullable(erased.record(key));
  }

  /** Whether nothing of the contents of erased entities is in the journal any more. */
  public boolean hasErased() {
    return erased.at(ErasedEntities.Stage.DECIDED).isEmpty();
  }

  /**
   * The erased entities that an archive may still have events of, sorted. To be told of by {@link
   * #archiveErased} once it has not.
   */
  public Set<String> toEraseInArchive() {
    return erased.at(ErasedEntities.Stage.IN_JOURNAL);
  }

  /** No archive of this journal has events of these entities any more. */
  public void archiveErased(Set<String> keys) {
    once(
        "which entities are erased",
        () -> {
          eraser.archived(keys);
          return keys;
        });
  }

  /** From where on a log has no holes by compaction here; 1 if it has none at all. */
  public long firstFullLsn(ReplicaId origin) {
    return read("what is left of " + origin, () -> compactor.firstFullLsn(origin));
  }

  /**
   * The times of a log's events from one log number to another, by {@code (lsn - 1) / stretch};
   * nothing for a stretch without events. O(rows) of the database, without reading what they say.
   */
  public SortedMap<Long, TimeSpan> spans(ReplicaId origin, long from, long to, int stretch) {
    return read("times of " + origin, () -> times.spans(origin, from, to, stretch));
  }

  /** How many rows of a log there are between two log numbers, both left out. O(rows). */
  public long count(ReplicaId origin, long after, long before) {
    return read("rows of " + origin, () -> times.count(origin, after, before));
  }

  /**
   * Whether another process has opened the database since, so that this one is refused whatever it
   * writes. It is to end.
   */
  public boolean isTakenOver() {
    return commits.isTakenOver();
  }

  CommitThread commits() {
    return commits;
  }

  MessageRows messages() {
    return messages;
  }

  LogReader reader() {
    return reader;
  }

  Snapshots snapshots() {
    return snapshots;
  }

  /**
   * Persistence ids that start with {@code prefix} and come after {@code after}, sorted by code
   * unit.
   *
   * @param limit at least 1
   */
  public List<String> persistenceIds(String prefix, String after, int limit) {
    return read("the persistence ids", () -> reader.persistenceIds(prefix, after, limit));
  }

  /**
   * The settings that put Pekko Persistence on this database: journal and snapshots of this
   * package. The system is then to be {@linkplain JournalBinding#bind bound} to it.
   */
  public Config pluginConfig() {
    return ConfigFactory.parseMap(
        Map.of(
            "pekko.persistence.journal.plugin", "converge-journal",
            "pekko.persistence.snapshot-store.plugin", "converge-snapshots"),
        "the journal's settings");
  }

  /** Ends after the commit under way and closes the connections. */
  @Override
  public void close() {
    eraser.close();
    commits.close();
    try (Connection connection = writers.getConnection()) {
      writing.turns().closing(connection);
    } catch (SQLException e) {
      LOG.warn("the database was not there when it was closed: {}", e.getMessage());
    }
    writers.close();
    pool.close();
  }
}
