package dev.converge.pekko.journal;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.frontier.Retention;
import dev.converge.pekko.wire.ConvergeSerializer;
import dev.converge.pekko.wire.LogRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes rows out of the journal that no replica needs any more, entity by entity, in small
 * transactions beside the writer. Thread-safe; blocks.
 */
final class Compactor {
  private static final Logger LOG = LoggerFactory.getLogger(Compactor.class);
  private static final int CHUNK = 500;

  private final DataSource source;
  private final Writing writing;
  private final ReplicaTable replicas;
  private final LogReader reader;
  private final Snapshots snapshots;
  private final CommitThread commits;
  private final EntityIndex index;

  Compactor(
      DataSource source,
      Writing writing,
      ReplicaTable replicas,
      LogReader reader,
      Snapshots snapshots,
      CommitThread commits,
      EntityIndex index) {
    this.source = source;
    this.writing = writing;
    this.replicas = replicas;
    this.reader = reader;
    this.snapshots = snapshots;
    this.commits = commits;
    this.index = index;
  }

  /** Where a row stands, without what it says. */
  private record Key(long position, ReplicaId origin, int number, long lsn, HybridTimestamp time) {
    boolean mayLeave(Retention retention) {
      return lsn > 0 && retention.mayLeaveJournal(origin, lsn, time, true);
    }

    boolean isAbove(Retention retention) {
      return lsn == 0 || lsn > retention.floor().get(origin);
    }
  }

  /** See {@link JournalDatabase#compact}. */
  synchronized CompactionReport compact(
      Retention retention,
      CheckpointRule rule,
      @Nullable JournalArchive archive,
      String afterId,
      int maxEntities)
      throws SQLException {
    List<String> ids = withCheckpoint(afterId, maxEntities);
    int compacted = 0;
    long rows = 0;
    int withoutBase = 0;
    int damaged = 0;
    for (String id : ids) {
      try {
        long gone = compact(id, retention, rule, archive);
        rows += Math.max(0, gone);
        compacted += gone > 0 ? 1 : 0;
        withoutBase += gone < 0 ? 1 : 0;
      } catch (DamagedRowException e) {
        LOG.warn("not compacted: {}", e.getMessage());
        damaged++;
      }
    }
    return new CompactionReport(
        ids.size(),
        compacted,
        rows,
        withoutBase,
        damaged,
        ids.size() < maxEntities ? Optional.empty() : Optional.of(ids.get(ids.size() - 1)));
  }

  private List<String> withCheckpoint(String afterId, int limit) throws SQLException {
    try (Connection connection = source.getConnection();
        PreparedStatement query =
            connection.prepareStatement(
                "SELECT DISTINCT \"persistence_id\" FROM \"snapshot\" WHERE \"persistence_id\" > ?"
                    + " AND \"snapshot_ser_id\" = ? AND \"snapshot_ser_manifest\" = ?"
                    + " ORDER BY \"persistence_id\" LIMIT ?")) {
      query.setString(1, afterId);
      query.setInt(2, ConvergeSerializer.IDENTIFIER);
      query.setString(3, Snapshot.CHECKPOINT);
      query.setInt(4, limit);
      try (ResultSet found = query.executeQuery()) {
        List<String> ids = new ArrayList<>();
        while (found.next()) {
          ids.add(found.getString(1));
        }
        return ids;
      }
    }
  }

  /** How many rows went; -1 if some could, but there is no checkpoint to start from instead. */
  private long compact(
      String id, Retention retention, CheckpointRule rule, @Nullable JournalArchive archive)
      throws SQLException {
    List<Long> positions = snapshots.positions(id);
    List<Key> covered = positions.isEmpty() ? List.of() : keys(id, positions.get(0));
    if (covered.stream().noneMatch(key -> key.mayLeave(retention))) {
      return 0;
    }
    List<Key> above = covered.stream().filter(key -> key.isAbove(retention)).toList();
    long base = base(id, above, rule);
    if (base < 0 || !isPinned(id, base)) {
      return -1;
    }
    List<Key> leaving =
        covered.stream().filter(key -> key.position() <= base && key.mayLeave(retention)).toList();
    for (int from = 0; from < leaving.size(); from += CHUNK) {
      List<Key> chunk = leaving.subList(from, Math.min(leaving.size(), from + CHUNK));
      if (archive != null) {
        List<LogRow> rows = new ArrayList<>(chunk.size());
        read(id, chunk, rows::add);
        archive.append(rows);
      }
      delete(id, chunk);
    }
    return leaving.size();
  }

  /** The position of the newest checkpoint to start from; -1 if there is none. */
  private long base(String id, List<Key> above, CheckpointRule rule) throws SQLException {
    TreeMap<Long, Dot> dots = new TreeMap<>();
    read(
        id,
        above,
        row -> dots.put(row.position(), EventHead.of(EntryForm.of(row.entry()).payload()).dot()));
    for (StoredCheckpoint checkpoint : snapshots.checkpoints(id)) {
      List<Dot> ofIt = List.copyOf(dots.headMap(checkpoint.position(), true).values());
      if (rule.mayStartFrom(id, checkpoint, ofIt)) {
        return checkpoint.position();
      }
    }
    return -1;
  }

  /**
   * Lets go of the checkpoints before this one, which are of no use without the rows. It is the
   * oldest then, which stays whatever is stored. By the thread that commits: a checkpoint that is
   * stored at the same time might push this one out.
   */
  private boolean isPinned(String id, long base) throws SQLException {
    CompletableFuture<Void> done = new CompletableFuture<>();
    commits.submit(new Job.Prune(id, base, done));
    try {
      done.join();
    } catch (CompletionException e) {
      throw new JournalException("cannot compact " + id + ": " + e.getCause(), e.getCause());
    }
    List<Long> left = snapshots.positions(id);
    return !left.isEmpty() && left.get(left.size() - 1) == base;
  }

  private List<Key> keys(String id, long to) throws SQLException {
    List<Key> keys = new ArrayList<>();
    for (StoredRow row : reader.keys(id, to)) {
      ReplicaId origin = row.origin();
      if (origin != null && row.kind() == RowKind.EVENT.code()) {
        HybridTimestamp time = HybridTimestamp.ofPacked(row.time());
        keys.add(new Key(row.position(), origin, row.originNumber(), row.lsn(), time));
      }
    }
    return keys;
  }

  /** Reads the rows of ascending keys; an error if one of them is damaged. */
  private void read(String id, List<Key> keys, Consumer<LogRow> consumer) throws SQLException {
    int at = 0;
    while (at < keys.size()) {
      long from = keys.get(at).position() - 1;
      List<LogRow> page = reader.entityRows(id, from, CHUNK);
      if (page.isEmpty() || page.get(0).position() != keys.get(at).position()) {
        throw new SQLException("row " + keys.get(at).position() + " of " + id + " is gone");
      }
      for (LogRow row : page) {
        if (at < keys.size() && row.position() == keys.get(at).position()) {
          consumer.accept(row);
          at++;
        }
      }
    }
  }

  private void delete(String id, List<Key> rows) throws SQLException {
    Set<Long> positions = new HashSet<>();
    rows.forEach(row -> positions.add(row.position()));
    writing.transaction(
        connection -> {
          EntityRuns.remove(connection, id, positions);
          return delete(connection, rows);
        });
    index.remove(id, positions);
  }

  private static int delete(Connection connection, List<Key> rows) throws SQLException {
    Map<Integer, Long> holes = new TreeMap<>();
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM \"event_log\" WHERE \"position\" = ?")) {
      for (Key row : rows) {
        delete.setLong(1, row.position());
        delete.addBatch();
        holes.merge(row.number(), row.lsn() + 1, Math::max);
      }
      delete.executeBatch();
    }
    for (Map.Entry<Integer, Long> hole : holes.entrySet()) {
      fullFrom(connection, hole.getKey(), hole.getValue());
    }
    return rows.size();
  }

  private static void fullFrom(Connection connection, int origin, long lsn) throws SQLException {
    String update =
        "UPDATE \"log_compacted\" SET \"full_from\" = GREATEST(\"full_from\", ?)"
            + " WHERE \"origin\" = ?";
    if (LogInserts.run(connection, update, lsn, origin) == 0) {
      LogInserts.run(
          connection,
          "INSERT INTO \"log_compacted\" (\"full_from\", \"origin\") VALUES (?, ?)",
          lsn,
          origin);
    }
  }

  /** See {@link JournalDatabase#firstFullLsn}. */
  long firstFullLsn(ReplicaId origin) throws SQLException {
    Integer number = replicas.all().get(origin);
    if (number == null) {
      return 1;
    }
    try (Connection connection = source.getConnection();
        PreparedStatement query =
            connection.prepareStatement(
                "SELECT \"full_from\" FROM \"log_compacted\" WHERE \"origin\" = ?")) {
      query.setInt(1, number);
      try (ResultSet rows = query.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 1;
      }
    }
  }
}
