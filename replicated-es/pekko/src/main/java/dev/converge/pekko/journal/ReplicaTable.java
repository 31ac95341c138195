package dev.converge.pekko.journal;

import dev.converge.crdt.clock.ReplicaId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * All replica ids a database has heard of, each with a small number that stands for it in the rows
 * of the log. Thread-safe; remembers what is in the table.
 */
final class ReplicaTable {
  private static final String INSERT =
      "INSERT INTO \"converge_replica\" (\"name\", \"incarnation\", \"own\", \"number\")"
          + " SELECT ?, ?, ?, COALESCE(MAX(\"number\"), 0) + 1 FROM \"converge_replica\"";

  private final Map<ReplicaId, Integer> numbers = new ConcurrentHashMap<>();
  private final Map<Integer, ReplicaId> ids = new ConcurrentHashMap<>();
  private volatile @Nullable ReplicaId own;

  private ReplicaTable() {}

  /** Reads the table. */
  static ReplicaTable read(Connection connection) throws SQLException {
    ReplicaTable table = new ReplicaTable();
    table.refresh(connection);
    return table;
  }

  /** Reads the table again. */
  void refresh(Connection connection) throws SQLException {
    try (PreparedStatement query =
            connection.prepareStatement(
                "SELECT \"name\", \"incarnation\", \"own\", \"number\" FROM \"converge_replica\"");
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        ReplicaId id = new ReplicaId(rows.getString(1), rows.getLong(2));
        numbers.put(id, rows.getInt(4));
        ids.put(rows.getInt(4), id);
        if (rows.getBoolean(3)) {
          own = id;
        }
      }
    }
  }

  /** This replica's own id; null if the database has none yet. */
  @Nullable ReplicaId own() {
    return own;
  }

  /** Gives the database its own id. */
  void setOwn(Writing writing, ReplicaId id) throws SQLException {
    insert(writing, id, true);
  }

  /** All ids with their numbers. */
  Map<ReplicaId, Integer> all() {
    return new TreeMap<>(numbers);
  }

  /** The replica of a number; null if there is none. */
  @Nullable ReplicaId replicaOf(int number) {
    return ids.get(number);
  }

  /**
   * The number of a replica that is in the table.
   *
   * @throws IllegalStateException if it is not: a mistake in this package
   */
  int numberOf(ReplicaId id) {
    Integer number = numbers.get(id);
    if (number == null) {
      throw new IllegalStateException("replica " + id + " has no number yet");
    }
    return number;
  }

  /**
   * The number of {@code id}, which is added to the table if it is new: by a transaction of its
   * own, because a number that was rolled back must not be remembered.
   */
  int numberOf(Writing writing, ReplicaId id) throws SQLException {
    Integer number = numbers.get(id);
    return number != null ? number : insert(writing, id, false);
  }

  private synchronized int insert(Writing writing, ReplicaId id, boolean isOwn)
      throws SQLException {
    Integer meanwhile = numbers.get(id);
    if (meanwhile != null) {
      return meanwhile;
    }
    writing.transaction(connection -> insert(connection, id, isOwn));
    Integer number = numbers.get(id);
    if (number == null) {
      throw new SQLException("replica " + id + " was stored and is not there");
    }
    return number;
  }

  private int insert(Connection connection, ReplicaId id, boolean isOwn) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      insert.setString(1, id.name());
      insert.setLong(2, id.incarnation());
      insert.setBoolean(3, isOwn);
      int inserted = insert.executeUpdate();
      refresh(connection);
      return inserted;
    }
  }
}
