package dev.converge.pekko.journal;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.EventRecordCodec;
import dev.converge.pekko.wire.LogRow;
import dev.converge.pekko.wire.WireException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is read from a replica's database: an entity's rows by their positions, and an origin's rows
 * by their log numbers. Page by page, so that neither memory nor a transaction grows with the
 * journal. A damaged row ends a page, and is an error when it is the first.
 *
 * <p>Thread-safe; every method blocks on the database.
 */
final class LogReader {
  private static final Logger LOG = LoggerFactory.getLogger(LogReader.class);
  private static final int PAGE = 500;

  /** How many rows are asked for before it is known how large they are. */
  private static final int FIRST_ROWS = 50;

  // Ordered by all columns of the index, or H2 reads and sorts all that is left, for each page.
  static final String ROWS =
      "\"persistence_id\" = ? AND \"sequence_number\" BETWEEN ? AND ? AND NOT \"deleted\""
          + " ORDER BY \"persistence_id\", \"sequence_number\" LIMIT ?";
  static final String LOG_ROWS =
      "\"origin\" = ? AND \"lsn\" > ? ORDER BY \"origin\", \"lsn\" LIMIT ?";

  /** MAX would read all rows of the entity. */
  static final String HIGHEST =
      "SELECT \"sequence_number\" FROM \"event_log\" WHERE \"persistence_id\" = ?"
          + " ORDER BY \"persistence_id\" DESC, \"sequence_number\" DESC LIMIT 1";

  static final String NEXT_ID =
      "SELECT \"persistence_id\" FROM \"event_log\" WHERE \"persistence_id\" >= ?"
          + " ORDER BY \"persistence_id\" LIMIT 1";

  private final DataSource source;
  private final Writing writing;
  private final ReplicaTable replicas;

  LogReader(DataSource source, Writing writing, ReplicaTable replicas) {
    this.source = source;
    this.writing = writing;
    this.replicas = replicas;
  }

  /**
   * An entity's rows of positions {@code from} to {@code to}, in ascending order; at most {@code
   * limit}, and one page. Rows deleted are left out. Not verified.
   */
  List<StoredRow> rows(String persistenceId, long from, long to, long limit) throws SQLException {
    try (Connection connection = source.getConnection()) {
      return select(connection, ROWS, persistenceId, from, to, (int) Math.min(limit, PAGE));
    }
  }

  /** See {@link ReplicaLog#entityRows}. */
  List<LogRow> entityRows(String key, long afterPosition, int maxRows) throws SQLException {
    return inLogs(rows(key, afterPosition + 1, Long.MAX_VALUE, maxRows));
  }

  /** See {@link ReplicaLog#log}. */
  List<LogRow> log(ReplicaId origin, long after, int maxRows, long maxBytes) throws SQLException {
    Integer number = replicas.all().get(origin);
    if (number == null) {
      return List.of();
    }
    List<LogRow> found = new ArrayList<>();
    long bytes = 0;
    long next = after;
    int ask = Math.min(maxRows, FIRST_ROWS);
    try (Connection connection = source.getConnection()) {
      while (true) {
        List<StoredRow> page = select(connection, LOG_ROWS, number, next, ask);
        int fit = 0;
        while (fit < page.size()
            && ((found.isEmpty() && fit == 0)
                || bytes + page.get(fit).payload().length <= maxBytes)) {
          bytes += page.get(fit++).payload().length;
        }
        List<LogRow> good;
        try {
          good = inLogs(page.subList(0, fit));
        } catch (DamagedRowException e) {
          if (found.isEmpty()) {
            throw e;
          }
          return found;
        }
        found.addAll(good);
        if (good.size() < ask || found.size() >= maxRows) {
          return found;
        }
        next = found.get(found.size() - 1).lsn();
        long average = 1 + bytes / found.size();
        ask = (int) Math.min(maxRows - found.size(), 1 + (maxBytes - bytes) / average);
      }
    }
  }

  /** See {@link ReplicaLog#row}. */
  Optional<LogRow> row(ReplicaId origin, long lsn) throws SQLException {
    return stored(origin, lsn).map(row -> row.toLogRow(new AfterForm(), replicas));
  }

  /** One row of a log, not verified. */
  Optional<StoredRow> stored(ReplicaId origin, long lsn) throws SQLException {
    Integer number = replicas.all().get(origin);
    if (number == null) {
      return Optional.empty();
    }
    try (Connection connection = source.getConnection()) {
      return select(connection, "\"origin\" = ? AND \"lsn\" = ?", number, lsn).stream().findFirst();
    }
  }

  /**
   * Rows of all logs, from behind one vector up to another, in the order of their positions.
   * Damaged ones are left out: whoever reads them will be told.
   */
  List<LogRow> between(Connection connection, VersionVector behind, VersionVector to)
      throws SQLException {
    List<LogRow> found = new ArrayList<>();
    for (Map.Entry<ReplicaId, Long> log : to.entries().entrySet()) {
      long after = behind.get(log.getKey());
      while (after < log.getValue()) {
        List<StoredRow> page =
            query(
                connection,
                StoredRow.COLUMNS,
                LOG_ROWS,
                replicas.numberOf(log.getKey()),
                after,
                PAGE);
        for (StoredRow row : page) {
          try {
            found.add(row.toLogRow(new AfterForm(), replicas));
          } catch (DamagedRowException e) {
            LOG.warn("{}", e.getMessage());
          }
          after = row.lsn();
        }
        if (page.size() < PAGE) {
          break;
        }
      }
    }
    found.sort(Comparator.comparingLong(LogRow::position));
    return found;
  }

  /** The rows before the first damaged one; if that is the first of all, its error. */
  private List<LogRow> inLogs(List<StoredRow> rows) {
    AfterForm afterForm = new AfterForm();
    List<LogRow> good = new ArrayList<>(rows.size());
    for (StoredRow row : rows) {
      try {
        good.add(row.toLogRow(afterForm, replicas));
      } catch (DamagedRowException e) {
        if (good.isEmpty()) {
          throw e;
        }
        break;
      }
    }
    return good;
  }

  private List<StoredRow> select(Connection connection, String condition, Object... values)
      throws SQLException {
    try {
      return query(connection, StoredRow.COLUMNS, condition, values);
    } catch (SQLException e) {
      return oneByOne(connection, e, condition, values);
    }
  }

  private List<StoredRow> query(
      Connection connection, String columns, String condition, Object... values)
      throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT " + columns + " FROM \"event_log\" WHERE " + condition)) {
      for (int i = 0; i < values.length; i++) {
        query.setObject(i + 1, values[i]);
      }
      try (ResultSet rows = query.executeQuery()) {
        List<StoredRow> page = new ArrayList<>();
        while (rows.next()) {
          page.add(StoredRow.read(rows, replicas));
        }
        return page;
      }
    }
  }

  /**
   * A page cannot be read. If a row of it is to blame, it is named: the keys are read without what
   * the rows say, and then row by row.
   */
  private List<StoredRow> oneByOne(
      Connection connection, SQLException why, String condition, Object... values)
      throws SQLException {
    List<StoredRow> good = new ArrayList<>();
    try {
      for (StoredRow key : query(connection, StoredRow.KEYS, condition, values)) {
        try {
          good.addAll(
              query(
                  connection,
                  StoredRow.COLUMNS,
                  "\"persistence_id\" = ? AND \"sequence_number\" = ?",
                  key.key(),
                  key.position()));
        } catch (SQLException e) {
          if (!connection.isValid(1)) {
            throw e;
          }
          if (good.isEmpty()) {
            throw key.damaged("the database cannot read it: " + e.getMessage(), e);
          }
          return good;
        }
      }
      return good;
    } catch (SQLException e) {
      why.addSuppressed(e);
      throw why;
    }
  }

  /** An entity's highest position, deleted rows included; 0 if it has none. */
  long highestSequence(String persistenceId) throws SQLException {
    try (Connection connection = source.getConnection()) {
      return number(connection, HIGHEST, persistenceId);
    }
  }

  private static long number(Connection connection, String sql, Object... values)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        query.setObject(i + 1, values[i]);
      }
      try (ResultSet rows = query.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }

  /**
   * Deletes an actor's messages up to {@code to}. The last one of all stays, marked, so that its
   * number is never given again.
   *
   * @throws JournalException if the actor is a replicated entity: others may still need its events
   */
  void delete(String persistenceId, long to) throws SQLException {
    writing.transaction(connection -> delete(connection, persistenceId, to));
  }

  private int delete(Connection connection, String persistenceId, long to) throws SQLException {
    if (number(
            connection,
            "SELECT COUNT(*) FROM \"event_log\" WHERE \"persistence_id\" = ?"
                + " AND \"sequence_number\" <= ? AND \"kind\" <> 0",
            persistenceId,
            to)
        > 0) {
      throw new JournalException(
          "events of the replicated entity "
              + persistenceId
              + " are not deleted by its actor: compaction does that once no replica needs them",
          null);
    }
    LogInserts.run(
        connection,
        "UPDATE \"event_log\" SET \"deleted\" = TRUE WHERE \"persistence_id\" = ?"
            + " AND \"sequence_number\" <= ?",
        persistenceId,
        to);
    return LogInserts.run(
        connection,
        "DELETE FROM \"event_log\" WHERE \"persistence_id\" = ? AND \"sequence_number\" < ?"
            + " AND \"deleted\"",
        persistenceId,
        highestSequence(persistenceId));
  }

  /** Others' rows without a place in their logs. O(rows without one). */
  Unlisted unlisted(Connection connection) throws SQLException {
    Unlisted unlisted = new Unlisted();
    for (StoredRow row : query(connection, StoredRow.COLUMNS, "\"kind\" = 1 AND \"lsn\" IS NULL")) {
      try {
        row.verify();
        EventRecord event = EventRecordCodec.decode(row.payload());
        unlisted.add(row.key(), event.dot(), row.position(), event.hash());
      } catch (WireException | DamagedRowException e) {
        LOG.warn("{}", e.getMessage());
      }
    }
    return unlisted;
  }

  /** For each log with holes, from which LSN on it has none. */
  Map<ReplicaId, Long> fullFrom() throws SQLException {
    Map<ReplicaId, Long> logs = new TreeMap<>();
    try (Connection connection = source.getConnection();
        PreparedStatement query =
            connection.prepareStatement("SELECT \"origin\", \"full_from\" FROM \"log_compacted\"");
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        ReplicaId origin = replicas.replicaOf(rows.getInt(1));
        if (origin != null) {
          logs.put(origin, rows.getLong(2));
        }
      }
    }
    return logs;
  }

  /** What was last put under a name. */
  Optional<byte[]> value(String name) throws SQLException {
    try (Connection connection = source.getConnection();
        PreparedStatement query =
            connection.prepareStatement(
                "SELECT \"content\" FROM \"converge_state\" WHERE \"name\" = ?")) {
      query.setString(1, name);
      try (ResultSet rows = query.executeQuery()) {
        return rows.next() ? Optional.of(rows.getBytes(1)) : Optional.empty();
      }
    }
  }

  /**
   * Persistence ids of events or snapshots that start with {@code prefix} and come after {@code
   * after}, sorted. From one to the next by the index: O(limit · log rows), however many events
   * they have.
   */
  List<String> persistenceIds(String prefix, String after, int limit) throws SQLException {
    List<String> ids = new ArrayList<>();
    String from = after.compareTo(prefix) < 0 ? prefix : behind(after);
    try (Connection connection = source.getConnection()) {
      while (ids.size() < limit) {
        String next = nextId(connection, from);
        if (next == null || !next.startsWith(prefix)) {
          break;
        }
        ids.add(next);
        from = behind(next);
      }
    }
    return ids;
  }

  /** The first id that can come behind: looked for by {@code >}, all rows of this one are read. */
  private static String behind(String id) {
    return id + '\u0001';
  }

  private static @Nullable String nextId(Connection connection, String from) throws SQLException {
    String least = null;
    for (String query : List.of(NEXT_ID, NEXT_ID.replace("event_log", "snapshot"))) {
      try (PreparedStatement statement = connection.prepareStatement(query)) {
        statement.setString(1, from);
        try (ResultSet rows = statement.executeQuery()) {
          if (rows.next() && (least == null || rows.getString(1).compareTo(least) < 0)) {
            least = rows.getString(1);
          }
        }
      }
    }
    return least;
  }
}
