package dev.converge.pekko.journal;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.wire.EventRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The transactions that write to a replica's log. The row of {@code log_head} is locked first in
 * each of them: who comes second waits, and then sees what the first has done. Isolation is READ
 * COMMITTED. Thread-safe; every method blocks on the database.
 */
final class LogSql {
  private static final String LOCK =
      "SELECT \"next_lsn\", \"promise\" FROM \"log_head\" WHERE \"id\" = 1 FOR UPDATE";
  private static final String SET_HEAD =
      "UPDATE \"log_head\" SET \"next_lsn\" = ?, \"promise\" = ? WHERE \"id\" = 1";
  private static final String INSERT =
      "INSERT INTO \"event_log\" (\"persistence_id\", \"sequence_number\", \"origin\", \"lsn\","
          + " \"hlc\", \"writer\", \"write_timestamp\", \"event_ser_id\", \"event_ser_manifest\","
          + " \"event_payload\", \"adapter_manifest\") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  private static final String IS_THERE =
      "SELECT COUNT(*) FROM \"event_log\" WHERE \"persistence_id\" = ? AND \"sequence_number\" = ?"
          + " AND \"writer\" = ?";

  private final DataSource source;
  private final ReplicaTable replicas;

  LogSql(DataSource source, ReplicaTable replicas) {
    this.source = source;
    this.replicas = replicas;
  }

  /**
   * Writes all of {@code writes} that are not fenced, and a promise after them, as one transaction.
   *
   * @param promise null for none
   * @throws SQLException if nothing was written
   */
  LogHead.Plan commit(ReplicaId self, List<Write> writes, @Nullable HybridTimestamp promise)
      throws SQLException {
    LogHead.Plan planned = null;
    boolean sent = false;
    try (Connection connection = source.getConnection()) {
      connection.setAutoCommit(false);
      try {
        LogHead head = lock(connection);
        LogHead.Plan plan = head.plan(self, writes);
        if (promise != null) {
          plan =
              new LogHead.Plan(
                  plan.accepted(), plan.lsns(), plan.fenced(), plan.head().promising(promise));
        }
        planned = plan;
        insert(connection, plan);
        if (!plan.head().equals(head)) {
          setHead(connection, plan.head());
        }
        sent = true;
        connection.commit();
        return plan;
      } catch (SQLException e) {
        rollBack(connection, e);
        throw e;
      }
    } catch (SQLException e) {
      // If the commit itself failed, nobody knows whether it took place; the database does.
      if (sent && planned != null && isCommitted(planned)) {
        return planned;
      }
      throw e;
    }
  }

  private static void rollBack(Connection connection, SQLException why) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      why.addSuppressed(e);
    }
  }

  private static LogHead lock(Connection connection) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(LOCK);
        ResultSet rows = query.executeQuery()) {
      if (!rows.next()) {
        throw new SQLException("the table log_head has lost its row; restore the database");
      }
      return new LogHead(rows.getLong(1), HybridTimestamp.ofPacked(rows.getLong(2)));
    }
  }

  private static void setHead(Connection connection, LogHead head) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(SET_HEAD)) {
      update.setLong(1, head.nextLsn());
      update.setLong(2, head.promise().packed());
      update.executeUpdate();
    }
  }

  private void insert(Connection connection, LogHead.Plan plan) throws SQLException {
    if (plan.accepted().isEmpty()) {
      return;
    }
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      for (int i = 0; i < plan.accepted().size(); i++) {
        Write write = plan.accepted().get(i);
        long[] lsns = plan.lsns().get(i);
        for (int k = 0; k < lsns.length; k++) {
          bind(insert, write.persistenceId(), write.rows().get(k), lsns[k]);
          insert.addBatch();
        }
      }
      insert.executeBatch();
    }
  }

  private void bind(PreparedStatement insert, String persistenceId, Row row, long lsn)
      throws SQLException {
    insert.setString(1, persistenceId);
    insert.setLong(2, row.sequence());
    EventRecord event = row.event();
    if (event == null) {
      insert.setNull(3, Types.INTEGER);
      insert.setNull(5, Types.BIGINT);
    } else {
      insert.setInt(3, replicas.numberOf(source, event.dot().replica()));
      insert.setLong(5, event.time().packed());
    }
    if (lsn == 0) {
      insert.setNull(4, Types.BIGINT);
    } else {
      insert.setLong(4, lsn);
    }
    insert.setString(6, row.writer());
    insert.setLong(7, row.timestamp());
    insert.setInt(8, row.serializer());
    insert.setString(9, row.manifest());
    insert.setBytes(10, row.payload());
    insert.setString(11, row.adapterManifest());
  }

  private boolean isCommitted(LogHead.Plan plan) {
    if (plan.accepted().isEmpty()) {
      return false; // a promise at most, which can be given again
    }
    Write write = plan.accepted().get(0);
    try (Connection connection = source.getConnection();
        PreparedStatement query = connection.prepareStatement(IS_THERE)) {
      query.setString(1, write.persistenceId());
      query.setLong(2, write.rows().get(0).sequence());
      query.setString(3, write.rows().get(0).writer());
      try (ResultSet rows = query.executeQuery()) {
        return rows.next() && rows.getInt(1) == 1;
      }
    } catch (SQLException e) {
      return false;
    }
  }

  /** Whether the database answers at all. */
  boolean isReachable() {
    try (Connection connection = source.getConnection()) {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }
}
