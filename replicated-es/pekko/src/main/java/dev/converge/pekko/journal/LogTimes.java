package dev.converge.pekko.journal;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.sql.DataSource;

/** What is asked of a log's rows without reading what they say. Thread-safe; blocks. */
final class LogTimes {
  private final DataSource source;
  private final ReplicaTable replicas;

  LogTimes(DataSource source, ReplicaTable replicas) {
    this.source = source;
    this.replicas = replicas;
  }

  /** See {@link JournalDatabase#spans}. */
  SortedMap<Long, TimeSpan> spans(ReplicaId origin, long from, long to, int stretch)
      throws SQLException {
    SortedMap<Long, TimeSpan> spans = new TreeMap<>();
    Integer number = replicas.all().get(origin);
    if (number == null || to < from) {
      return spans;
    }
    try (Connection connection = source.getConnection();
        PreparedStatement query =
            connection.prepareStatement(
                "SELECT \"lsn\", \"hlc\" FROM \"event_log\" WHERE \"origin\" = ? AND \"kind\" = ?"
                    + " AND \"lsn\" BETWEEN ? AND ?")) {
      query.setInt(1, number);
      query.setInt(2, RowKind.EVENT.code());
      query.setLong(3, from);
      query.setLong(4, to);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          HybridTimestamp time = HybridTimestamp.ofPacked(rows.getLong(2));
          spans.merge(
              (rows.getLong(1) - 1) / stretch,
              new TimeSpan(time, time),
              (a, b) ->
                  new TimeSpan(
                      a.earliest().compareTo(b.earliest()) <= 0 ? a.earliest() : b.earliest(),
                      a.latest().max(b.latest())));
        }
      }
    }
    return spans;
  }

  /** See {@link JournalDatabase#count}. */
  long count(ReplicaId origin, long after, long before) throws SQLException {
    Integer number = replicas.all().get(origin);
    if (number == null) {
      return 0;
    }
    try (Connection connection = source.getConnection();
        PreparedStatement query =
            connection.prepareStatement(
                "SELECT COUNT(*) FROM \"event_log\" WHERE \"origin\" = ?"
                    + " AND \"lsn\" > ? AND \"lsn\" < ?")) {
      query.setInt(1, number);
      query.setLong(2, after);
      query.setLong(3, before);
      try (ResultSet rows = query.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }
}
