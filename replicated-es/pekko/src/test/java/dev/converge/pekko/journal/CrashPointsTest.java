package dev.converge.pekko.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.pekko.journal.CrashPoints.Point;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What H2 leaves behind if the process is killed at any of its writes, with our settings and one
 * writing transaction at a time: all that was committed, whole transactions, and indexes that have
 * what their tables have. Each life goes on from what a kill has left of the one before, and ends
 * with a close, which is looked at as well.
 */
class CrashPointsTest {
  private static final int WRITERS = 4;
  private static final int READERS = 2;
  private static final int WRITES = 120;

  /** Ours, and space in the file used again at once, which it is after 45 s otherwise. */
  private static final String SETTINGS =
      DatabaseAddress.h2(Path.of("x")).url().replaceFirst("^[^;]*", "") + ";RETENTION_TIME=0";

  @TempDir Path folder;

  @Test
  void every_moment_leaves_a_database_with_all_that_was_committed() throws Exception {
    long seed = Long.getLong("converge.seed", 1L);
    int lives = Math.max(3, Integer.getInteger("converge.kills", 15) / 5);
    Random random = new Random(seed);
    Point<long[]> start = null;
    for (int life = 0; life < lives; life++) {
      List<Point<long[]>> points = live(life, start, random);
      assertThat(points).as("life %d of seed %d", life, seed).hasSizeGreaterThanOrEqualTo(WRITES);
      for (int at = 0; at < points.size(); at++) {
        String what = "write " + at + " of life " + life + ", seed " + seed;
        check(points.get(at), folder.resolve("look-" + life + "-" + at), what);
      }
      start = points.get(random.nextInt(points.size()));
    }
  }

  /** Goes on from what a kill has left, until it is closed. */
  private List<Point<long[]>> live(int life, @Nullable Point<long[]> start, Random random)
      throws Exception {
    Path database = folder.resolve("life-" + life);
    AtomicLongArray acknowledged = new AtomicLongArray(WRITERS);
    if (start != null) {
      start.restore(database);
      for (int t = 0; t < WRITERS; t++) {
        acknowledged.set(t, start.acknowledged()[t]);
      }
    }
    String url = "jdbc:h2:points:" + database.toAbsolutePath() + SETTINGS;
    try (CrashPoints<long[]> points = new CrashPoints<>(database, random.nextLong())) {
      if (start != null) {
        points.record(() -> copy(acknowledged)); // opening writes as well
      }
      try (Connection first = DriverManager.getConnection(url, "converge", "")) {
        createTables(first);
        points.record(() -> copy(acknowledged));
        for (int t = 0; t < WRITERS; t++) {
          acknowledged.set(t, head(first, t));
        }
        OneWriter writer = new OneWriter(Dialect.H2);
        List<String> errors = load(url, points, writer, acknowledged, random);
        assertThat(errors).isEmpty();
        writer.closing(first);
      } // the last connection: H2 closes the file
      return points.stop();
    }
  }

  private static List<String> load(
      String url,
      CrashPoints<long[]> points,
      OneWriter writer,
      AtomicLongArray acknowledged,
      Random random)
      throws InterruptedException {
    List<String> errors = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < WRITERS + READERS; t++) {
      int number = t;
      long seed = random.nextLong();
      Thread thread =
          new Thread(
              () -> {
                try (Connection connection = DriverManager.getConnection(url, "converge", "")) {
                  Random own = new Random(seed);
                  while (points.size() < WRITES && errors.isEmpty()) {
                    if (number < WRITERS) {
                      write(connection, writer, number, acknowledged, own);
                    } else {
                      read(connection, own.nextInt(WRITERS));
                    }
                  }
                } catch (SQLException | RuntimeException e) {
                  errors.add(e.toString());
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return errors;
  }

  private static void createTables(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE IF NOT EXISTS j (t INT NOT NULL, s BIGINT NOT NULL, b BLOB NOT NULL,"
              + " PRIMARY KEY (t, s))");
      statement.execute("CREATE UNIQUE INDEX IF NOT EXISTS js ON j (s, t)");
      statement.execute("CREATE TABLE IF NOT EXISTS h (t INT PRIMARY KEY, s BIGINT NOT NULL)");
    }
  }

  private static void write(
      Connection connection, OneWriter writer, int t, AtomicLongArray acknowledged, Random random)
      throws SQLException {
    try (OneWriter.Turn turn = writer.take();
        PreparedStatement insert = connection.prepareStatement("INSERT INTO j VALUES (?, ?, ?)");
        PreparedStatement head = connection.prepareStatement("MERGE INTO h VALUES (?, ?)")) {
      connection.setAutoCommit(false);
      long next = acknowledged.get(t);
      for (int rows = 1 + random.nextInt(3); rows > 0; rows--) {
        insert.setInt(1, t);
        insert.setLong(2, ++next);
        insert.setBytes(3, new byte[100 + random.nextInt(10) * 200]);
        insert.executeUpdate();
      }
      head.setInt(1, t);
      head.setLong(2, next);
      head.executeUpdate();
      turn.commit(connection);
      acknowledged.set(t, next);
    }
  }

  private static void read(Connection connection, int t) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT b FROM j WHERE t = " + t + " ORDER BY s LIMIT 3")) {
      while (rows.next()) {
        rows.getBytes(1);
      }
    }
  }

  private static long head(Connection connection, int t) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT s FROM h WHERE t = " + t)) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  private static void check(Point<long[]> point, Path database, String what)
      throws SQLException, IOException {
    point.restore(database);
    String url = "jdbc:h2:" + database.toAbsolutePath() + SETTINGS;
    try (Connection connection = DriverManager.getConnection(url, "converge", "");
        Statement statement = connection.createStatement()) {
      for (int t = 0; t < WRITERS; t++) {
        long head = head(connection, t);
        assertThat(head)
            .as("%s: writer %d", what, t)
            .isGreaterThanOrEqualTo(point.acknowledged()[t]);
        try (ResultSet rows =
            statement.executeQuery(
                "SELECT COUNT(*), COALESCE(MAX(s), 0), COALESCE(MIN(LENGTH(b)), 100) FROM j"
                    + " WHERE t = "
                    + t)) {
          rows.next();
          assertThat(rows.getLong(1)).as("%s: rows of writer %d", what, t).isEqualTo(head);
          assertThat(rows.getLong(2)).as("%s: last of writer %d", what, t).isEqualTo(head);
          assertThat(rows.getLong(3)).as("%s: bytes", what).isGreaterThanOrEqualTo(100);
        }
      }
      assertThat(IndexCheck.problems(connection)).as(what).isEmpty();
      statement.execute("SHUTDOWN IMMEDIATELY");
    } catch (SQLException e) {
      throw new AssertionError(what + ": " + e.getMessage(), e);
    } finally {
      Files.deleteIfExists(Path.of(database + ".mv.db"));
    }
  }

  private static long[] copy(AtomicLongArray from) {
    long[] copy = new long[from.length()];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = from.get(i);
    }
    return copy;
  }
}
