package dev.converge.pekko.journal;

import static dev.converge.pekko.journal.Samples.TWO;
import static dev.converge.pekko.journal.Samples.await;
import static dev.converge.pekko.journal.Samples.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.pekko.wire.LogRow;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A page costs what it has, however much there is behind it. */
class QueryPlanTest {
  private static final Pattern SCANNED = Pattern.compile("scanCount: (\\d+)");

  @TempDir Path folder;

  @Test
  void a_page_reads_its_own_rows_and_no_others() throws Exception {
    TestDatabase place = TestDatabase.create(TestDatabase.Kind.H2, folder);
    try (JournalDatabase database = place.open()) {
      List<LogRow> rows = new ArrayList<>();
      for (int lsn = 1; lsn <= 3_000; lsn++) {
        rows.add(row(TWO, lsn, "k" + lsn % 3));
      }
      await(database.store(rows));
      String rowsOf = "SELECT * FROM \"event_log\" WHERE ";
      assertThat(scanned(place, rowsOf + LogReader.LOG_ROWS, "2", "5", "10"))
          .isLessThanOrEqualTo(11);
      assertThat(scanned(place, rowsOf + LogReader.AT, "ARRAY[5, 90, 2000]"))
          .isLessThanOrEqualTo(4);
      assertThat(scanned(place, rowsOf + LogReader.RANGE, "5", "14")).isLessThanOrEqualTo(11);
      assertThat(scanned(place, LogReader.BEHIND, "2000", "10")).isLessThanOrEqualTo(11);
    }
  }

  @Test
  void an_entity_is_found_by_its_runs_and_an_actor_by_its_messages() throws Exception {
    TestDatabase place = TestDatabase.create(TestDatabase.Kind.H2, folder);
    place.open().close();
    place.run(
        "INSERT INTO \"entity_run\" SELECT 'k' || MOD(X, 3), X, X'', 0 FROM"
            + " SYSTEM_RANGE(1, 3000)");
    place.run(
        "INSERT INTO \"message_log\" (\"persistence_id\", \"sequence_number\","
            + " \"event_payload\") SELECT 'k' || MOD(X, 3), X, X'' FROM SYSTEM_RANGE(1, 3000)");
    assertThat(scanned(place, EntityRuns.START, "'k1'", "900")).isLessThanOrEqualTo(2);
    assertThat(scanned(place, EntityRuns.NEXT, "'k1'", "900")).isLessThanOrEqualTo(65);
    assertThat(scanned(place, LogReader.NEXT_ID, "'k1' || CHAR(1)")).isLessThanOrEqualTo(2);
    assertThat(scanned(place, MessageRows.ROWS, "'k1'", "5", "9000", "10")).isLessThanOrEqualTo(11);
    assertThat(scanned(place, MessageRows.HIGHEST, "'k1'")).isLessThanOrEqualTo(2);
  }

  private static long scanned(TestDatabase place, String sql, String... values)
      throws SQLException {
    String filled = sql;
    for (String value : values) {
      filled = filled.replaceFirst("\\?", Matcher.quoteReplacement(value));
    }
    try (Connection connection = place.connect();
        Statement statement = connection.createStatement();
        ResultSet plan = statement.executeQuery("EXPLAIN ANALYZE " + filled)) {
      plan.next();
      Matcher found = SCANNED.matcher(plan.getString(1));
      assertThat(found.find()).as(plan.getString(1)).isTrue();
      return Long.parseLong(found.group(1));
    }
  }
}
