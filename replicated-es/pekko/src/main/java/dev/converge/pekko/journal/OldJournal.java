package dev.converge.pekko.journal;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.EventRecordCodec;
import dev.converge.pekko.wire.WireException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries the journal of version 1, in the tables of {@code pekko-persistence-jdbc}, over into the
 * replica log. Own events get their log numbers in the order in which they were committed; others
 * stay without until their origins' logs come.
 */
final class OldJournal {
  private static final Logger LOG = LoggerFactory.getLogger(OldJournal.class);
  private static final int BATCH = 1_000;

  private OldJournal() {}

  /**
   * Copies all rows, in the transaction that is open. O(events).
   *
   * @return the next log number
   */
  static long copy(Connection connection) throws SQLException {
    ReplicaTable replicas = ReplicaTable.read(connection);
    Map<ReplicaId, Integer> numbers = replicas.all();
    long next = 1;
    long copied = 0;
    try (PreparedStatement query =
            connection.prepareStatement(
                "SELECT \"persistence_id\", \"sequence_number\", \"deleted\", \"writer\","
                    + " \"write_timestamp\", \"event_ser_id\", \"event_ser_manifest\","
                    + " \"adapter_manifest\", \"event_payload\", \"ordering\""
                    + " FROM \"event_journal\" WHERE \"ordering\" > ? ORDER BY \"ordering\" LIMIT "
                    + BATCH);
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO \"event_log\" (\"persistence_id\", \"sequence_number\","
                    + " \"deleted\", \"writer\", \"write_timestamp\", \"event_ser_id\","
                    + " \"event_ser_manifest\", \"adapter_manifest\", \"event_payload\","
                    + " \"origin\", \"hlc\", \"lsn\")"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      long last = -1;
      while (true) {
        query.setLong(1, last);
        int rowsOfPage = 0;
        try (ResultSet rows = query.executeQuery()) {
          while (rows.next()) {
            rowsOfPage++;
            last = rows.getLong(10);
            for (int column = 1; column <= 8; column++) {
              insert.setObject(column, rows.getObject(column));
            }
            byte[] payload = rows.getBytes(9);
            insert.setBytes(9, payload);
            EventRecord event = event(rows.getString(1), payload);
            Integer number = event == null ? null : numbers.get(event.dot().replica());
            if (event == null || number == null) {
              insert.setNull(10, Types.INTEGER);
              insert.setNull(11, Types.BIGINT);
              insert.setNull(12, Types.BIGINT);
            } else {
              insert.setInt(10, number);
              insert.setLong(11, event.time().packed());
              if (event.dot().replica().equals(replicas.own())) {
                insert.setLong(12, next++);
              } else {
                insert.setNull(12, Types.BIGINT);
              }
            }
            insert.addBatch();
          }
        }
        if (rowsOfPage == 0) {
          LOG.info("carried {} events over into the replica log", copied);
          return next;
        }
        insert.executeBatch();
        copied += rowsOfPage;
      }
    }
  }

  /** A row that cannot be read is carried over as it is: its entity will name it. */
  private static @Nullable EventRecord event(String persistenceId, byte[] payload) {
    try {
      return EventRecordCodec.decode(payload);
    } catch (WireException e) {
      LOG.warn("a row of {} cannot be read and stays as it is: {}", persistenceId, e.getMessage());
      return null;
    }
  }
}
