package dev.converge.pekko.journal;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.EventRecordCodec;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The transactions that write to a replica's database. The row of {@code log_head} is locked first
 * in each of them: who comes second waits, and then sees what the first has done, and whether the
 * database has another owner by now. Isolation is READ COMMITTED.
 *
 * <p>Used by one thread; every method blocks on the database.
 */
final class LogSql {
  private static final String LOCK =
      "SELECT \"owner\", \"commits\", \"next_position\", \"next_lsn\", \"promise\","
          + " \"indexed_to\""
          + " FROM \"log_head\" WHERE \"id\" = 1";
  private static final String SET_HEAD =
      "UPDATE \"log_head\" SET \"commits\" = ?, \"next_position\" = ?, \"next_lsn\" = ?,"
          + " \"promise\" = ? WHERE \"id\" = 1";

  static final String SET_INDEXED = "UPDATE \"log_head\" SET \"indexed_to\" = ? WHERE \"id\" = 1";

  private final Writing writing;
  private final ReplicaTable replicas;
  private final LogReader reader;
  private final EntityIndex index;
  private final LogInserts inserts;
  private final Unlisted unlisted;
  private final ErasedEntities erased;
  private final long owner;

  /** What was committed last, as far as this object knows. */
  private LogHead known;

  private long commits;

  /** Whether a commit failed in a way that leaves open what the database has. */
  private boolean doubtful;

  private boolean takenOver;

  /** Whether runs may be there already that were not known to be written. */
  private boolean writesAgain = true;

  /** Rows that were committed without this object having known, and that nobody was told of yet. */
  private final List<LogRow> missed = new ArrayList<>();

  /**
   * What became of jobs.
   *
   * @param head the head after the transaction
   * @param written rows of logs in this transaction, in order
   * @param missed rows of logs that were committed before, without this object having known
   * @param done to be run now, in order
   * @param refused the jobs that did not take part
   */
  record Outcome(
      LogHead head,
      List<LogRow> written,
      List<LogRow> missed,
      List<Runnable> done,
      Map<Job, RuntimeException> refused) {}

  private LogSql(
      Writing writing,
      ReplicaTable replicas,
      LogReader reader,
      EntityIndex index,
      ErasedEntities erased,
      Claim claim) {
    this.writing = writing;
    this.replicas = replicas;
    this.reader = reader;
    this.index = index;
    this.erased = erased;
    this.inserts = new LogInserts(replicas, erased);
    this.unlisted = claim.unlisted();
    this.owner = claim.owner();
    this.known = claim.head();
    this.commits = claim.commits();
  }

  private record Claim(long owner, long commits, LogHead head, Unlisted unlisted) {}

  /**
   * Makes this process the owner of the database. Waits for a transaction of the owner before, who
   * is refused from then on.
   */
  static LogSql claim(
      Writing writing,
      ReplicaTable replicas,
      ReplicaId self,
      LogReader reader,
      EntityIndex index,
      ErasedEntities erased)
      throws SQLException {
    Claim claim =
        writing.transaction(
            connection -> {
              if (LogInserts.run(
                      connection,
                      "UPDATE \"log_head\" SET \"owner\" = \"owner\" + 1 WHERE \"id\" = 1")
                  != 1) {
                throw lostRow();
              }
              try (PreparedStatement query = connection.prepareStatement(LOCK);
                  ResultSet row = query.executeQuery()) {
                row.next();
                erased.read(connection);
                LogReader.behind(connection, row.getLong(6), index::add);
                return new Claim(
                    row.getLong(1),
                    row.getLong(2),
                    head(connection, row, self, replicas),
                    reader.unlisted(connection));
              }
            });
    return new LogSql(writing, replicas, reader, index, erased, claim);
  }

  private static SQLException lostRow() {
    return new SQLException("the table log_head has lost its row; restore the database");
  }

  private static LogHead head(
      Connection connection, ResultSet own, ReplicaId self, ReplicaTable replicas)
      throws SQLException {
    LogHead head =
        new LogHead(
            self,
            own.getLong(3),
            own.getLong(4),
            LogHead.start(self).others(),
            HybridTimestamp.ofPacked(own.getLong(5)));
    try (PreparedStatement query =
            connection.prepareStatement("SELECT \"origin\", \"next_lsn\" FROM \"log_held\"");
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        ReplicaId origin = replicas.replicaOf(rows.getInt(1));
        if (origin == null) {
          throw new SQLException("log_held names replica number " + rows.getInt(1) + ", unknown");
        }
        head = head.holding(origin, rows.getLong(2) - 1);
      }
    }
    return head;
  }

  /** What is committed, as far as it is known. */
  LogHead known() {
    return known;
  }

  /**
   * Runs jobs as one transaction. A job that is refused takes no part; the others do.
   *
   * @throws SQLException if nothing was written, or, while {@link #isDoubtful}, if that is not
   *     known
   */
  Outcome commit(List<Job> jobs) throws SQLException {
    number(jobs);
    try (OneWriter.Turn turn = writing.turns().take();
        Connection connection = writing.source().getConnection()) {
      connection.setAutoCommit(false);
      try {
        return commit(connection, turn, jobs);
      } catch (SQLException e) {
        rollBack(connection, e);
        throw e;
      } catch (RuntimeException e) {
        doubtful = true; // it may have come from anywhere
        rollBack(connection, e);
        throw e;
      }
    }
  }

  /** Replicas get their numbers before the lock is taken: that needs a transaction of its own. */
  private void number(List<Job> jobs) throws SQLException {
    LogRow last = null;
    for (Job job : jobs) {
      if (job instanceof Job.Store store) {
        for (LogRow row : store.rows()) {
          if (last == null || !row.origin().equals(last.origin())) {
            replicas.numberOf(writing, row.origin());
          }
          if (last == null || !row.after().equals(last.after())) {
            for (ReplicaId replica : row.after().entries().keySet()) {
              replicas.numberOf(writing, replica);
            }
          }
          last = row;
        }
      } else if (job instanceof Importing.Page page) {
        for (ReplicaId replica : page.named()) {
          replicas.numberOf(writing, replica);
        }
      } else if (job instanceof Write write) {
        for (Row row : write.rows()) {
          EventRecord event = row.event();
          if (event != null) {
            replicas.numberOf(writing, event.dot().replica());
          }
        }
      }
    }
  }

  private Outcome commit(Connection connection, OneWriter.Turn turn, List<Job> jobs)
      throws SQLException {
    LogHead start = lock(connection);
    Map<Job, RuntimeException> refused = new LinkedHashMap<>();
    List<Runnable> done = new ArrayList<>();
    Batch batch = new Batch(start, unlisted, erased);
    for (Job job : jobs) {
      try {
        if (takenOver) {
          throw new FencedException(
              "another process has opened this database since; this one cannot write any more,"
                  + " end it");
        }
        done.add(job.plan(batch));
      } catch (RuntimeException e) {
        refused.put(job, e);
      }
    }
    if (batch.isEmpty(start)) {
      connection.rollback();
    } else {
      inserts.write(connection, start, batch);
      EntityIndex.Slice slice = index.next();
      if (slice != null) {
        write(connection, slice);
      }
      setHead(connection, batch.head());
      commitSurely(connection, turn, batch.head(), jobs.stream().anyMatch(Job::isForced));
      if (slice != null) {
        index.written(slice);
        writesAgain &= slice.end() == null;
      }
    }
    list(batch);
    // After its rows are in the index: whoever overwrites them finds all.
    erased.written(batch.erasing());
    List<LogRow> written = new ArrayList<>(batch.rows().size());
    for (Placed row : batch.rows()) {
      if (row.listed() != null) {
        written.add(row.listed());
      }
    }
    List<LogRow> untold = List.copyOf(missed);
    missed.clear();
    return new Outcome(known, written, untold, done, refused);
  }

  private void write(Connection connection, EntityIndex.Slice slice) throws SQLException {
    EntityRuns.write(connection, slice.runs(), writesAgain);
    Long end = slice.end();
    if (end != null) {
      LogInserts.run(connection, SET_INDEXED, end);
    }
  }

  private LogHead lock(Connection connection) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(LOCK + " FOR UPDATE");
        ResultSet row = query.executeQuery()) {
      if (!row.next()) {
        throw lostRow();
      }
      takenOver = row.getLong(1) != owner;
      if (doubtful || row.getLong(2) != commits) {
        replicas.refresh(connection);
        erased.read(connection);
        LogHead now = head(connection, row, known.self(), replicas);
        missed.addAll(reader.between(connection, known.held(), now.held()));
        LogReader.behind(connection, known.nextPosition() - 1, index::add);
        writesAgain = true;
        commits = row.getLong(2);
        known = now;
        doubtful = false;
      }
      return known;
    }
  }

  private void setHead(Connection connection, LogHead head) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(SET_HEAD)) {
      update.setLong(1, commits + 1);
      update.setLong(2, head.nextPosition());
      update.setLong(3, head.nextLsn());
      update.setLong(4, head.promise().packed());
      update.executeUpdate();
    }
  }

  /** If the commit itself fails, nobody knows whether it took place; the database does. */
  private void commitSurely(
      Connection connection, OneWriter.Turn turn, LogHead head, boolean forced)
      throws SQLException {
    try {
      turn.commit(connection, forced);
    } catch (SQLException e) {
      doubtful = true;
      if (!isCommitted(e)) {
        throw e;
      }
    }
    commits++;
    known = head;
  }

  /** Takes the lock, so that it waits for a commit that the server is still about. */
  private boolean isCommitted(SQLException why) {
    try (Connection connection = writing.source().getConnection();
        PreparedStatement query = connection.prepareStatement(LOCK + " FOR UPDATE");
        ResultSet row = query.executeQuery()) {
      boolean committed = row.next() && row.getLong(1) == owner && row.getLong(2) == commits + 1;
      doubtful = false;
      return committed;
    } catch (SQLException e) {
      why.addSuppressed(e);
      return false;
    }
  }

  /** Keeps what is known of rows up to date, after the commit. */
  private void list(Batch batch) {
    for (Placed row : batch.rows()) {
      if (!row.completes() && row.plain() == null) {
        index.add(row.key(), row.position());
      }
      if (row.completes() && row.listed() != null) {
        if (row.listed().entry() instanceof LogEntry.Event event) {
          unlisted.remove(row.key(), EventHead.of(event.encoded()).dot());
        }
      } else if (row.kind() == RowKind.EVENT && row.lsn() == 0) {
        EventRecord event = EventRecordCodec.decode(row.payload());
        unlisted.add(row.key(), event.dot(), row.position(), event.hash());
      }
    }
  }

  /** Whether it is not known if the last commit took place. The next one will find out. */
  boolean isDoubtful() {
    return doubtful;
  }

  /** Whether another process owns the database now. */
  boolean isTakenOver() {
    return takenOver;
  }

  private static void rollBack(Connection connection, Exception why) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      why.addSuppressed(e);
    }
  }

  /**
   * Whether an error may be the fault of a single row, so that it is worth to try the others
   * without it. The classes of SQLSTATE: data, integrity, limits.
   */
  static boolean mayBeOfOneRow(SQLException error) {
    for (@Nullable SQLException e = error; e != null; e = e.getNextException()) {
      String state = e.getSQLState();
      if (state != null
          && (state.startsWith("22") || state.startsWith("23") || state.startsWith("54"))) {
        return true;
      }
    }
    return false;
  }
}
