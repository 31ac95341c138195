package dev.converge.pekko.journal;

import dev.converge.crdt.clock.ReplicaId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a transaction writes, as statements. Used by one thread. */
final class LogInserts {
  private static final String INSERT =
      "INSERT INTO \"event_log\" (" + StoredRow.COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
  private static final String MESSAGE =
      "INSERT INTO \"message_log\" (" + StoredRow.MESSAGE + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
  private static final String COMPLETE =
      "UPDATE \"event_log\" SET \"lsn\" = ?, \"after\" = ?, \"crc\" = ?, \"event_payload\" = ?"
          + " WHERE \"position\" = ?";

  private final ReplicaTable replicas;
  private final ErasedEntities erased;
  private final AfterForm afterForm = new AfterForm();

  LogInserts(ReplicaTable replicas, ErasedEntities erased) {
    this.replicas = replicas;
    this.erased = erased;
  }

  /** Writes all that a batch has, beside the own head. */
  void write(Connection connection, LogHead before, Batch batch) throws SQLException {
    rows(connection, batch.rows());
    imported(connection, batch.imported());
    for (Map.Entry<String, byte[]> value : batch.values().entrySet()) {
      put(connection, value.getKey(), value.getValue());
    }
    for (Snapshot snapshot : batch.snapshots()) {
      SnapshotSql.save(connection, snapshot);
    }
    for (Job.Prune prune : batch.prunes()) {
      SnapshotSql.prune(connection, prune.persistenceId(), prune.base());
    }
    held(connection, before, batch.head());
    erased.write(connection, batch.erasing());
    for (Batch.Statements statements : batch.more()) {
      statements.run(connection);
    }
  }

  private void rows(Connection connection, List<Placed> rows) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    boolean completes = false;
    boolean events = false;
    boolean messages = false;
    try (PreparedStatement insert = connection.prepareStatement(INSERT);
        PreparedStatement message = connection.prepareStatement(MESSAGE)) {
      for (Placed row : rows) {
        Row plain = row.plain();
        if (row.completes()) {
          completes = true;
        } else if (plain != null) {
          bind(message, row, plain);
          message.addBatch();
          messages = true;
        } else {
          bind(insert, row);
          insert.addBatch();
          events = true;
        }
      }
      if (events) {
        insert.executeBatch();
      }
      if (messages) {
        message.executeBatch();
      }
    }
    if (completes) {
      complete(connection, rows);
    }
  }

  /** Rows of another replica's journal, entity by entity. */
  private void imported(Connection connection, List<Placed> rows) throws SQLException {
    rows(connection, rows);
    Map<String, long[]> runs = new TreeMap<>();
    for (Placed row : rows) {
      runs.merge(row.key(), new long[] {row.position()}, EntityIndex::merged);
    }
    EntityRuns.write(connection, runs, true);
  }

  private static void bind(PreparedStatement insert, Placed row, Row plain) throws SQLException {
    insert.setString(1, row.key());
    insert.setLong(2, row.position());
    insert.setInt(3, RowCheck.of(row.key(), RowKind.PLAIN, 0, 0, 0, new byte[0], row.payload()));
    insert.setBytes(4, row.payload());
    insert.setInt(5, plain.serializer());
    insert.setString(6, plain.manifest());
    insert.setString(7, plain.adapterManifest());
    insert.setString(8, plain.writer());
    insert.setLong(9, plain.timestamp());
  }

  private void bind(PreparedStatement insert, Placed row) throws SQLException {
    insert.setLong(1, row.position());
    insert.setString(2, row.key());
    insert.setInt(3, row.kind().code());
    ReplicaId origin = row.origin();
    int number = origin == null ? 0 : replicas.numberOf(origin);
    byte[] after = afterForm.bytes(row.after(), replicas::numberOf);
    long time = row.time().packed();
    nullable(insert, 4, number);
    nullable(insert, 5, row.lsn());
    nullable(insert, 6, time);
    insert.setBytes(7, after.length == 0 ? null : after);
    insert.setInt(
        8, RowCheck.of(row.key(), row.kind(), number, row.lsn(), time, after, row.payload()));
    insert.setBytes(9, row.payload());
  }

  private static void nullable(PreparedStatement insert, int column, long number)
      throws SQLException {
    if (number == 0) {
      insert.setNull(column, column == 4 ? Types.INTEGER : Types.BIGINT);
    } else if (column == 4) {
      insert.setInt(column, (int) number);
    } else {
      insert.setLong(column, number);
    }
  }

  private void complete(Connection connection, List<Placed> rows) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(COMPLETE)) {
      for (Placed row : rows) {
        ReplicaId origin = row.origin();
        if (!row.completes() || origin == null) {
          continue;
        }
        byte[] after = afterForm.bytes(row.after(), replicas::numberOf);
        update.setLong(1, row.lsn());
        update.setBytes(2, after.length == 0 ? null : after);
        update.setInt(
            3,
            RowCheck.of(
                row.key(),
                row.kind(),
                replicas.numberOf(origin),
                row.lsn(),
                row.time().packed(),
                after,
                row.payload()));
        update.setBytes(4, row.payload());
        update.setLong(5, row.position());
        if (update.executeUpdate() != 1) {
          throw new SQLException("row " + row.position() + " of " + row.key() + " is gone");
        }
      }
    }
  }

  private void held(Connection connection, LogHead before, LogHead after) throws SQLException {
    if (after.others() == before.others()) {
      return;
    }
    for (Map.Entry<ReplicaId, Long> held : after.others().entries().entrySet()) {
      if (held.getValue() > before.others().get(held.getKey())) {
        upsert(
            connection,
            "UPDATE \"log_held\" SET \"next_lsn\" = ? WHERE \"origin\" = ?",
            "INSERT INTO \"log_held\" (\"next_lsn\", \"origin\") VALUES (?, ?)",
            held.getValue() + 1,
            replicas.numberOf(held.getKey()));
      }
    }
  }

  private static void put(Connection connection, String name, byte[] value) throws SQLException {
    upsert(
        connection,
        "UPDATE \"converge_state\" SET \"content\" = ? WHERE \"name\" = ?",
        "INSERT INTO \"converge_state\" (\"content\", \"name\") VALUES (?, ?)",
        value,
        name);
  }

  /** Only the thread that commits writes here, and it holds the lock: this cannot race. */
  private static void upsert(
      Connection connection, String update, String insert, @Nullable Object... values)
      throws SQLException {
    if (run(connection, update, values) == 0) {
      run(connection, insert, values);
    }
  }

  static int run(Connection connection, String sql, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      return statement.executeUpdate();
    }
  }
}
