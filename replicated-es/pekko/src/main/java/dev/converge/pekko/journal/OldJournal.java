package dev.converge.pekko.journal;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.wire.ConvergeSerializer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries the journal of version 1, in the tables of {@code pekko-persistence-jdbc}, over into the
 * replica log. Replicated events get positions, and own ones their log numbers, in the order in
 * which they were committed. Others' have no places in their logs until those logs come: see {@link
 * Unlisted}. What an own event came after in other logs was not kept; it counts as nothing, and the
 * event's own context orders it.
 */
final class OldJournal {
  private static final Logger LOG = LoggerFactory.getLogger(OldJournal.class);
  private static final int BATCH = 1_000;
  private static final byte[] NOTHING = new byte[0];

  private OldJournal() {}

  /** Where the log goes on. */
  record Ends(long nextPosition, long nextLsn) {}

  /** Copies all rows, in the transaction that is open. O(events). */
  static Ends copy(Connection connection) throws SQLException {
    ReplicaTable replicas = ReplicaTable.read(connection);
    Map<ReplicaId, Integer> numbers = replicas.all();
    long position = 1;
    long lsn = 1;
    long copied = 0;
    try (PreparedStatement query =
            connection.prepareStatement(
                "SELECT \"persistence_id\", \"sequence_number\", \"deleted\", \"event_ser_id\","
                    + " \"event_ser_manifest\", \"adapter_manifest\", \"writer\","
                    + " \"write_timestamp\", \"event_payload\", \"ordering\""
                    + " FROM \"event_journal\" WHERE \"ordering\" > ? ORDER BY \"ordering\" LIMIT "
                    + BATCH);
        PreparedStatement event =
            connection.prepareStatement(
                "INSERT INTO \"event_log\" (\"position\", \"persistence_id\", \"kind\","
                    + " \"origin\", \"lsn\", \"hlc\", \"crc\", \"event_payload\")"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        PreparedStatement message =
            connection.prepareStatement(
                "INSERT INTO \"message_log\" (\"persistence_id\", \"sequence_number\","
                    + " \"deleted\", \"event_ser_id\", \"event_ser_manifest\","
                    + " \"adapter_manifest\", \"writer\", \"write_timestamp\","
                    + " \"event_payload\", \"crc\") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      long last = -1;
      while (true) {
        query.setLong(1, last);
        int rowsOfPage = 0;
        try (ResultSet rows = query.executeQuery()) {
          while (rows.next()) {
            rowsOfPage++;
            last = rows.getLong(10);
            String key = rows.getString(1);
            byte[] payload = rows.getBytes(9);
            if (rows.getInt(4) == ConvergeSerializer.IDENTIFIER
                && rows.getString(5).equals(ConvergeSerializer.EVENT)) {
              Old old = Old.of(key, payload, numbers, replicas, lsn);
              old.bind(event, position++, key, payload);
              event.addBatch();
              lsn += old.lsn() > 0 ? 1 : 0;
            } else {
              for (int column = 1; column <= 8; column++) {
                message.setObject(column, rows.getObject(column));
              }
              message.setBytes(9, payload);
              message.setInt(10, RowCheck.of(key, RowKind.PLAIN, 0, 0, 0, NOTHING, payload));
              message.addBatch();
            }
          }
        }
        if (rowsOfPage == 0) {
          LOG.info("carried {} events over into the replica log", copied);
          return new Ends(position, lsn);
        }
        event.executeBatch();
        message.executeBatch();
        copied += rowsOfPage;
      }
    }
  }

  /** What the columns of a log say of an old row; a number is 0 if there is none. */
  private record Old(int origin, long lsn, long time) {
    static final Old NONE = new Old(0, 0, 0);

    /** A row that cannot be read is carried over as it is: its entity will name it. */
    static Old of(
        String persistenceId,
        byte[] payload,
        Map<ReplicaId, Integer> numbers,
        ReplicaTable replicas,
        long nextLsn) {
      try {
        EventHead head = EventHead.of(payload);
        Integer number = numbers.get(head.dot().replica());
        boolean own = head.dot().replica().equals(replicas.own());
        return number == null ? NONE : new Old(number, own ? nextLsn : 0, head.time().packed());
      } catch (IllegalArgumentException e) {
        LOG.warn("a row of {} is damaged and stays as it is: {}", persistenceId, e.getMessage());
        return NONE;
      }
    }

    void bind(PreparedStatement insert, long position, String key, byte[] payload)
        throws SQLException {
      insert.setLong(1, position);
      insert.setString(2, key);
      insert.setInt(3, RowKind.EVENT.code());
      insert.setObject(4, origin == 0 ? null : origin, Types.INTEGER);
      insert.setObject(5, lsn == 0 ? null : lsn, Types.BIGINT);
      insert.setObject(6, time == 0 ? null : time, Types.BIGINT);
      insert.setInt(7, RowCheck.of(key, RowKind.EVENT, origin, lsn, time, NOTHING, payload));
      insert.setBytes(8, payload);
    }
  }
}
