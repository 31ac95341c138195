package dev.converge.node.store;

import dev.converge.pekko.journal.Tables;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which keys have changed when, over a restart: rows that are only added, each with the keys that
 * changed since the row before, as a count of {@link IdleKeys}; a key's last row counts. So what is
 * written is some bytes more than the keys that have changed, each once in each interval.
 *
 * <p>A row also says up to which row of {@code store_part} it knows: what came after that was not
 * told of before a crash, and counts as changed at the start. Not thread-safe.
 */
final class IdleTable {
  static final String TABLE =
      "CREATE TABLE IF NOT EXISTS \"store_idle\" (\"number\" BIGINT PRIMARY KEY, \"counted\" BIGINT"
          + " NOT NULL, \"known_to\" BIGINT NOT NULL, \"body\" BLOB NOT NULL)";

  private static final int ROW_BYTES = 256 << 10;

  private final Tables tables;
  private long nextNumber = 1;

  IdleTable(Tables tables) {
    this.tables = tables;
  }

  /**
   * What is stored.
   *
   * @param counted up to where was counted
   * @param knownTo the first row of the store that is not accounted for
   * @param keys by key, when it changed last
   */
  record Stored(long counted, long knownTo, Map<String, Long> keys) {}

  Stored read() throws SQLException {
    return tables.read(
        connection -> {
          Map<String, Long> keys = new HashMap<>();
          long counted = 0;
          long knownTo = 0;
          try (PreparedStatement query =
                  connection.prepareStatement(
                      "SELECT \"number\", \"counted\", \"known_to\", \"body\" FROM \"store_idle\""
                          + " ORDER BY \"number\"");
              ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
              nextNumber = rows.getLong(1) + 1;
              counted = rows.getLong(2);
              knownTo = rows.getLong(3);
              Long at = counted;
              keys(rows.getBytes(4)).forEach(key -> keys.put(key, at));
            }
          }
          return new Stored(counted, knownTo, keys);
        });
  }

  /**
   * Adds what has changed, and drops what is from before {@code oldest}.
   *
   * @param knownTo read before {@code changed} was taken
   */
  void write(long counted, long knownTo, List<String> changed, long oldest) throws SQLException {
    List<byte[]> bodies = bodies(changed);
    long first = nextNumber;
    tables.write(
        connection -> {
          try (PreparedStatement delete =
                  connection.prepareStatement("DELETE FROM \"store_idle\" WHERE \"counted\" < ?");
              PreparedStatement insert =
                  connection.prepareStatement("INSERT INTO \"store_idle\" VALUES (?, ?, ?, ?)")) {
            delete.setLong(1, oldest);
            delete.executeUpdate();
            long number = first;
            for (byte[] body : bodies) {
              insert.setLong(1, number++);
              insert.setLong(2, counted);
              insert.setLong(3, knownTo);
              insert.setBytes(4, body);
              insert.addBatch();
            }
            insert.executeBatch();
          }
          return bodies.size();
        });
    nextNumber += bodies.size();
  }

  private static List<byte[]> bodies(List<String> keys) {
    List<byte[]> bodies = new ArrayList<>();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    try {
      for (String key : keys) {
        out.writeUTF(key);
        if (bytes.size() >= ROW_BYTES) {
          bodies.add(bytes.toByteArray());
          bytes.reset();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (bytes.size() > 0 || bodies.isEmpty()) {
      bodies.add(bytes.toByteArray());
    }
    return bodies;
  }

  private static List<String> keys(byte[] body) {
    List<String> keys = new ArrayList<>();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
      while (in.available() > 0) {
        keys.add(in.readUTF());
      }
    } catch (IOException e) {
      throw new StoreDatabaseException("a row of store_idle is damaged: " + e.getMessage(), e);
    }
    return keys;
  }
}
