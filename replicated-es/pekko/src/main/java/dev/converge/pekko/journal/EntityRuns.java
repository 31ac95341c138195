package dev.converge.pekko.journal;

import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The table {@code entity_run}: where the rows of each entity stand, in runs of ascending
 * positions. Runs of one entity do not overlap. A run's bytes are the distances from one position
 * to the next, in the variable length of LEB128.
 */
final class EntityRuns {
  /** So many runs are read at a time. */
  private static final int RUNS = 64;

  static final String START =
      "SELECT \"first_position\" FROM \"entity_run\" WHERE \"persistence_id\" = ?"
          + " AND \"first_position\" <= ? ORDER BY \"persistence_id\" DESC,"
          + " \"first_position\" DESC LIMIT 1";
  static final String NEXT =
      "SELECT \"first_position\", \"positions\", \"crc\" FROM \"entity_run\" WHERE \"persistence_id\" = ?"
          + " AND \"first_position\" >= ? ORDER BY \"persistence_id\", \"first_position\" LIMIT "
          + RUNS;
  private static final String UPDATE =
      "UPDATE \"entity_run\" SET \"positions\" = ?, \"crc\" = ? WHERE \"persistence_id\" = ?"
          + " AND \"first_position\" = ?";
  private static final String INSERT =
      "INSERT INTO \"entity_run\" (\"positions\", \"crc\", \"persistence_id\","
          + " \"first_position\") VALUES (?, ?, ?, ?)";
  private static final String DELETE =
      "DELETE FROM \"entity_run\" WHERE \"persistence_id\" = ? AND \"first_position\" = ?";

  private EntityRuns() {}

  /**
   * Writes runs.
   *
   * @param again whether some may be there already, from an attempt that was cut short
   */
  static void write(Connection connection, Map<String, long[]> runs, boolean again)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      for (Map.Entry<String, long[]> run : runs.entrySet()) {
        long[] positions = run.getValue();
        if (positions.length > 0 && !(again && update(connection, run.getKey(), positions))) {
          bind(insert, run.getKey(), positions);
          insert.addBatch();
        }
      }
      insert.executeBatch();
    }
  }

  private static boolean update(Connection connection, String key, long[] positions)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
      bind(update, key, positions);
      return update.executeUpdate() == 1;
    }
  }

  private static void bind(PreparedStatement statement, String key, long[] positions)
      throws SQLException {
    byte[] bytes = bytes(positions);
    statement.setBytes(1, bytes);
    statement.setInt(2, RowCheck.of(key, positions[0], bytes));
    statement.setString(3, key);
    statement.setLong(4, positions[0]);
  }

  /**
   * Positions of an entity in {@code from} to {@code to}, ascending: at least {@code limit} of
   * them, if there are so many.
   */
  static long[] read(Connection connection, String key, long from, long to, int limit)
      throws SQLException {
    List<long[]> parts = new ArrayList<>();
    int count = 0;
    long next = start(connection, key, from);
    try (PreparedStatement query = connection.prepareStatement(NEXT)) {
      while (count < limit && next <= to) {
        query.setString(1, key);
        query.setLong(2, next);
        int runs = 0;
        try (ResultSet rows = query.executeQuery()) {
          while (rows.next()) {
            runs++;
            next = rows.getLong(1) + 1;
            long[] fit = within(run(key, rows), from, to);
            parts.add(fit);
            count += fit.length;
          }
        }
        if (runs < RUNS) {
          break;
        }
      }
    }
    return parts.stream().flatMapToLong(Arrays::stream).toArray();
  }

  /** Where the run begins that has {@code from}, or the one before. */
  private static long start(Connection connection, String key, long from) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(START)) {
      query.setString(1, key);
      query.setLong(2, from);
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? row.getLong(1) : from;
      }
    }
  }

  private static long[] within(long[] positions, long from, long to) {
    int first = 0;
    int end = positions.length;
    while (first < end && positions[first] < from) {
      first++;
    }
    while (end > first && positions[end - 1] > to) {
      end--;
    }
    return Arrays.copyOfRange(positions, first, end);
  }

  /** The highest position in a run; 0 if there is none. */
  static long highest(Connection connection, String key) throws SQLException {
    long start = start(connection, key, Long.MAX_VALUE);
    if (start == Long.MAX_VALUE) {
      return 0;
    }
    long[] last = read(connection, key, start, Long.MAX_VALUE, 1);
    return last.length == 0 ? 0 : last[last.length - 1];
  }

  /** Takes positions out. */
  static void remove(Connection connection, String key, Set<Long> gone) throws SQLException {
    long low = Long.MAX_VALUE;
    long high = 0;
    for (long position : gone) {
      low = Math.min(low, position);
      high = Math.max(high, position);
    }
    long next = start(connection, key, low);
    while (next <= high) {
      List<long[]> runs = new ArrayList<>();
      try (PreparedStatement query = connection.prepareStatement(NEXT)) {
        query.setString(1, key);
        query.setLong(2, next);
        try (ResultSet rows = query.executeQuery()) {
          while (rows.next()) {
            runs.add(run(key, rows));
          }
        }
      }
      for (long[] run : runs) {
        next = run[0] + 1;
        long[] left = Arrays.stream(run).filter(position -> !gone.contains(position)).toArray();
        if (left.length < run.length) {
          LogInserts.run(connection, DELETE, key, run[0]);
          write(connection, Map.of(key, left), false);
        }
      }
      if (runs.size() < RUNS) {
        return;
      }
    }
  }

  private static long[] run(String key, ResultSet row) throws SQLException {
    long first = row.getLong(1);
    byte[] bytes = row.getBytes(2);
    if (bytes == null || row.getInt(3) != RowCheck.of(key, first, bytes)) {
      throw new DamagedRunException(key, first);
    }
    return positions(key, first, bytes);
  }

  /** A run as it is stored. */
  static byte[] bytes(long[] positions) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(positions.length * 2);
    for (int i = 1; i < positions.length; i++) {
      long left = positions[i] - positions[i - 1];
      while (left >= 0x80) {
        out.write((int) (left & 0x7F) | 0x80);
        left >>>= 7;
      }
      out.write((int) left);
    }
    return out.toByteArray();
  }

  /**
   * The positions of a run.
   *
   * @throws DamagedRunException if the bytes are no run
   */
  static long[] positions(String key, long first, byte[] bytes) {
    long[] positions = new long[bytes.length + 1];
    positions[0] = first;
    int count = 1;
    long distance = 0;
    int shift = 0;
    for (byte next : bytes) {
      distance |= (next & 0x7FL) << shift;
      shift += 7;
      if (next >= 0) {
        positions[count] = positions[count - 1] + distance;
        if (distance <= 0 || positions[count] < 0) {
          throw new DamagedRunException(key, first);
        }
        count++;
        distance = 0;
        shift = 0;
      } else if (shift > 56) {
        throw new DamagedRunException(key, first);
      }
    }
    if (shift != 0) {
      throw new DamagedRunException(key, first);
    }
    return Arrays.copyOf(positions, count);
  }
}
