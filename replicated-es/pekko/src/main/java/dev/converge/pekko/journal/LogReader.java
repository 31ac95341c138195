package dev.converge.pekko.journal;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.EventRecordCodec;
import dev.converge.pekko.wire.LogRow;
import dev.converge.pekko.wire.WireException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ObjLongConsumer;
import java.util.stream.LongStream;
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
  private static final int BEHIND_PAGE = 5_000;

  /** So many rows of others for each of an entity's own are passed over in a walk. */
  private static final int DENSE = 3;

  /** How many rows are asked for before it is known how large they are. */
  private static final int FIRST_ROWS = 50;

  static final String AT = "\"position\" = ANY(?) ORDER BY \"position\"";
  static final String RANGE = "\"position\" BETWEEN ? AND ? ORDER BY \"position\"";
  static final String BEHIND =
      "SELECT \"position\", \"persistence_id\" FROM \"event_log\" WHERE \"position\" > ?"
          + " ORDER BY \"position\" LIMIT ?";

  // Ordered by all columns of the index, or H2 reads and sorts all that is left, for each page.
  static final String LOG_ROWS =
      "\"origin\" = ? AND \"lsn\" > ? ORDER BY \"origin\", \"lsn\" LIMIT ?";

  static final String NEXT_ID =
      "SELECT \"persistence_id\" FROM \"entity_run\" WHERE \"persistence_id\" >= ?"
          + " ORDER BY \"persistence_id\" LIMIT 1";

  private final DataSource source;
  private final ReplicaTable replicas;
  private final EntityIndex index;
  private final ErasedEntities erased;

  LogReader(DataSource source, ReplicaTable replicas, EntityIndex index, ErasedEntities erased) {
    this.source = source;
    this.replicas = replicas;
    this.index = index;
    this.erased = erased;
  }

  /** Whether an entity is erased: what is read of it then has no contents. */
  boolean isErased(String key) {
    return erased.contains(key);
  }

  /**
   * An entity's rows of positions {@code from} to {@code to}, in ascending order; at most {@code
   * limit}, and one page. Not verified. Costs a look-up of the runs, and one for each row.
   */
  List<StoredRow> rows(String key, long from, long to, long limit) throws SQLException {
    long next = from;
    try (Connection connection = source.getConnection()) {
      while (next <= to) {
        long[] positions = positions(connection, key, next, to, (int) Math.min(limit, PAGE));
        if (positions.length == 0) {
          break;
        }
        List<StoredRow> page = at(connection, positions);
        if (!page.isEmpty()) {
          return page;
        }
        next = positions[positions.length - 1] + 1; // all of them were compacted away
      }
    }
    return List.of();
  }

  /** Where an entity's rows up to a position stand, without what they say. */
  List<StoredRow> keys(String key, long to) throws SQLException {
    List<StoredRow> keys = new ArrayList<>();
    try (Connection connection = source.getConnection()) {
      long[] positions = positions(connection, key, 1, to, Integer.MAX_VALUE);
      for (int from = 0; from < positions.length; from += PAGE) {
        long[] page = Arrays.copyOfRange(positions, from, Math.min(positions.length, from + PAGE));
        keys.addAll(query(connection, StoredRow.KEYS, AT, array(connection, page)));
      }
    }
    return keys;
  }

  /** Rows at ascending positions, as far as they are there. */
  private List<StoredRow> at(Connection connection, long[] positions) throws SQLException {
    long first = positions[0];
    long last = positions[positions.length - 1];
    if (last - first >= DENSE * (long) positions.length) {
      return select(connection, AT, array(connection, positions));
    }
    // Most of what stands there is of this entity: one walk is cheaper than a look-up for each.
    return select(connection, RANGE, first, last).stream()
        .filter(row -> Arrays.binarySearch(positions, row.position()) >= 0)
        .toList();
  }

  private static Array array(Connection connection, long[] positions) throws SQLException {
    return connection.createArrayOf("bigint", Arrays.stream(positions).boxed().toArray());
  }

  /** Positions of an entity in a range, ascending, at most {@code limit}. */
  private long[] positions(Connection connection, String key, long from, long to, int limit)
      throws SQLException {
    // First what is in memory: it may become runs meanwhile, and would then be missed.
    long[] newest = index.positions(key);
    long[] runs;
    try {
      runs = EntityRuns.read(connection, key, from, to, limit);
    } catch (DamagedRunException e) {
      LOG.error(
          "{}; its rows are looked for in the whole journal, which takes long", e.getMessage());
      runs = scan(connection, key, from, to);
    }
    int first = 0;
    int end = newest.length;
    while (first < end && newest[first] < from) {
      first++;
    }
    while (end > first && newest[end - 1] > to) {
      end--;
    }
    long[] all = EntityIndex.merged(runs, Arrays.copyOfRange(newest, first, end));
    return all.length > limit ? Arrays.copyOf(all, limit) : all;
  }

  private static long[] scan(Connection connection, String key, long from, long to)
      throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT \"position\" FROM \"event_log\" WHERE \"position\" BETWEEN ? AND ?"
                + " AND \"persistence_id\" = ? ORDER BY \"position\"")) {
      query.setLong(1, from);
      query.setLong(2, to);
      query.setString(3, key);
      LongStream.Builder found = LongStream.builder();
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getLong(1));
        }
      }
      return found.build().toArray();
    }
  }

  /**
   * Hands on the keys and positions of the rows behind a position, in ascending order, page by
   * page.
   */
  static void behind(Connection connection, long position, ObjLongConsumer<String> consumer)
      throws SQLException {
    long last = position;
    int count = BEHIND_PAGE;
    try (PreparedStatement query = connection.prepareStatement(BEHIND)) {
      while (count == BEHIND_PAGE) {
        count = 0;
        query.setLong(1, last);
        query.setInt(2, BEHIND_PAGE);
        try (ResultSet rows = query.executeQuery()) {
          while (rows.next()) {
            count++;
            last = rows.getLong(1);
            consumer.accept(rows.getString(2), last);
          }
        }
      }
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
          StoredRow row = StoredRow.read(rows, replicas);
          boolean hides = erased.contains(row.key()) && !columns.equals(StoredRow.KEYS);
          page.add(hides ? row.erased() : row);
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
          good.addAll(query(connection, StoredRow.COLUMNS, "\"position\" = ?", key.position()));
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

  /** An entity's highest position; 0 if it has no rows. */
  long highest(String key) throws SQLException {
    long newest = index.highest(key);
    if (newest > 0) {
      return newest;
    }
    try (Connection connection = source.getConnection()) {
      try {
        return EntityRuns.highest(connection, key);
      } catch (DamagedRunException e) {
        long[] found = scan(connection, key, 1, Long.MAX_VALUE);
        return found.length == 0 ? 0 : found[found.length - 1];
      }
    }
  }

  /** Others' rows without a place in their logs. O(rows without one). */
  Unlisted unlisted(Connection connection) throws SQLException {
    Unlisted unlisted = new Unlisted();
    for (int origin : replicas.all().values()) {
      unlisted(connection, origin, unlisted);
    }
    return unlisted;
  }

  private void unlisted(Connection connection, int origin, Unlisted unlisted) throws SQLException {
    for (StoredRow row :
        query(connection, StoredRow.COLUMNS, "\"origin\" = ? AND \"lsn\" IS NULL", origin)) {
      try {
        row.verify();
        EventRecord event = EventRecordCodec.decode(row.payload());
        unlisted.add(row.key(), event.dot(), row.position(), event.hash());
      } catch (WireException | DamagedRowException e) {
        LOG.warn("{}", e.getMessage());
      }
    }
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

  private @Nullable String nextId(Connection connection, String from) throws SQLException {
    String least = index.keyFrom(from);
    for (String table : List.of("entity_run", "snapshot", "message_log")) {
      String query = NEXT_ID.replace("entity_run", table);
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
