package dev.converge.pekko.journal;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Commits rows from several connections, one transaction at a time, and says so, until it is
 * killed. The main class of {@link DatabaseKillTest}.
 */
final class KilledWriter {
  static final int THREADS = 6;

  /** H2's file is consistent at any moment only if one transaction writes at a time. */
  private static final Lock TURN = new ReentrantLock();

  private KilledWriter() {}

  /** Takes the database's URL and a seed. */
  public static void main(String[] args) throws SQLException {
    String url = args[0];
    long seed = Long.parseLong(args[1]);
    long[] found = new long[THREADS];
    try (Connection connection = DriverManager.getConnection(url, "converge", "");
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE IF NOT EXISTS j (o BIGINT UNIQUE NOT NULL AUTO_INCREMENT,"
              + " t INT NOT NULL, s BIGINT NOT NULL, b BLOB NOT NULL, PRIMARY KEY (t, s))");
      try (ResultSet rows =
          statement.executeQuery("SELECT t, MAX(s), COUNT(*) FROM j GROUP BY t")) {
        while (rows.next()) {
          found[rows.getInt(1)] = rows.getLong(2);
          if (rows.getLong(2) != rows.getLong(3)) {
            say("ERROR gap in the rows of writer " + rows.getInt(1));
          }
        }
      }
    }
    for (int t = 0; t < THREADS; t++) {
      say("FOUND " + t + " " + found[t]);
    }
    for (int t = 0; t < THREADS; t++) {
      int writer = t;
      new Thread(() -> write(url, writer, found[writer], new Random(seed + writer))).start();
    }
  }

  private static void write(String url, int writer, long last, Random random) {
    try (Connection connection = DriverManager.getConnection(url, "converge", "")) {
      connection.setAutoCommit(false);
      PreparedStatement insert =
          connection.prepareStatement("INSERT INTO j (t, s, b) VALUES (?, ?, ?)");
      long sequence = last;
      while (true) {
        TURN.lock();
        try {
          for (int rows = 1 + random.nextInt(3); rows > 0; rows--) {
            insert.setInt(1, writer);
            insert.setLong(2, ++sequence);
            insert.setBytes(3, new byte[200]);
            insert.executeUpdate();
          }
          connection.commit();
        } finally {
          TURN.unlock();
        }
        say("STORED " + writer + " " + sequence);
        if (random.nextInt(4) == 0) {
          LockSupport.parkNanos(random.nextInt(60) * 1_000_000L);
        }
      }
    } catch (SQLException e) {
      say("ERROR " + e.getMessage());
    }
  }

  private static synchronized void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
