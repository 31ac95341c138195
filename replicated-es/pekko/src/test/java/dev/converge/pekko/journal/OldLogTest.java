package dev.converge.pekko.journal;

import static dev.converge.pekko.journal.Samples.SELF;
import static dev.converge.pekko.journal.Samples.TWO;
import static dev.converge.pekko.journal.Samples.await;
import static dev.converge.pekko.journal.Samples.own;
import static dev.converge.pekko.journal.Samples.row;
import static dev.converge.pekko.journal.Samples.submit;
import static dev.converge.pekko.journal.Samples.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.wire.LogRow;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tables of version 2, with events and messages in one, are carried over. */
class OldLogTest {
  /** Makes the tables of version 2 from those of today. */
  private static final List<String> BACK =
      List.of(
          "DROP INDEX \"event_log_lsn\"",
          "ALTER TABLE \"event_log\" RENAME TO \"new_log\"",
          "CREATE TABLE \"event_log\" (\"persistence_id\" VARCHAR(600) NOT NULL,"
              + " \"sequence_number\" BIGINT NOT NULL, \"kind\" SMALLINT NOT NULL,"
              + " \"origin\" INTEGER, \"lsn\" BIGINT, \"hlc\" BIGINT, \"after\" VARBINARY(8000),"
              + " \"crc\" INTEGER, \"deleted\" BOOLEAN DEFAULT FALSE NOT NULL,"
              + " \"event_payload\" BLOB NOT NULL, \"event_ser_id\" INTEGER,"
              + " \"event_ser_manifest\" VARCHAR(255), \"adapter_manifest\" VARCHAR(255),"
              + " \"writer\" VARCHAR(255), \"write_timestamp\" BIGINT,"
              + " PRIMARY KEY (\"persistence_id\", \"sequence_number\"))",
          "CREATE UNIQUE INDEX \"event_log_lsn\" ON \"event_log\" (\"origin\", \"lsn\")",
          "INSERT INTO \"event_log\" (\"persistence_id\", \"sequence_number\", \"kind\","
              + " \"origin\", \"lsn\", \"hlc\", \"after\", \"crc\", \"event_payload\")"
              + " SELECT \"persistence_id\", \"position\", \"kind\", \"origin\", \"lsn\", \"hlc\","
              + " \"after\", \"crc\", \"event_payload\" FROM \"new_log\"",
          "INSERT INTO \"event_log\" (\"persistence_id\", \"sequence_number\", \"kind\", \"crc\","
              + " \"event_payload\", \"event_ser_id\", \"event_ser_manifest\","
              + " \"adapter_manifest\", \"writer\", \"write_timestamp\")"
              + " SELECT \"persistence_id\", \"sequence_number\", 0, \"crc\", \"event_payload\","
              + " \"event_ser_id\", \"event_ser_manifest\", \"adapter_manifest\", \"writer\","
              + " \"write_timestamp\" FROM \"message_log\"",
          "DROP TABLE \"new_log\"",
          "DROP TABLE \"message_log\"",
          "DROP TABLE \"entity_run\"",
          "ALTER TABLE \"log_head\" DROP COLUMN \"indexed_to\"",
          "UPDATE \"converge_schema\" SET \"version\" = 2");

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(TestDatabase.Kind.class)
  void all_rows_keep_their_places_and_messages_their_numbers(TestDatabase.Kind kind)
      throws Exception {
    TestDatabase place = TestDatabase.create(kind, folder);
    Row plain = new Row(1, null, 4, "m", new byte[] {7}, "", "w", 9);
    try (JournalDatabase database = place.open()) {
      for (int lsn = 1; lsn <= 300; lsn++) {
        await(database.store(List.of(row(TWO, lsn, "k" + lsn % 7))));
      }
      await(submit(database, write("actor", plain)));
      await(submit(database, write("k1", own(1, 5_000))));
    }
    for (String step : BACK) {
      place.run(
          kind == TestDatabase.Kind.H2
              ? step
              : step.replace(" BLOB", " BYTEA").replace(" VARBINARY(8000)", " BYTEA"));
    }
    for (int start = 0; start < 2; start++) {
      try (JournalDatabase database = place.open()) {
        assertThat(database.held()).isEqualTo(VersionVector.of(Map.of(TWO, 300L, SELF, 1L)));
        assertThat(database.log(TWO, 0, 1_000, Long.MAX_VALUE))
            .extracting(LogRow::position)
            .hasSize(300)
            .startsWith(1L, 2L)
            .endsWith(300L);
        assertThat(database.entityRows("k1", 0, 100)).hasSize(44);
        assertThat(database.messages().rows("actor", 1, 9, 9)).hasSize(1);
        assertThat(database.damaged("k1")).isEmpty();
        assertThat(database.persistenceIds("k", "", 100)).hasSize(7);
      }
    }
    try (JournalDatabase database = place.open()) {
      await(submit(database, write("k1", own(2, 6_000))));
      assertThat(database.entityRows("k1", 301, 100)).extracting(LogRow::position).contains(302L);
      Row next = new Row(2, null, 4, "m", new byte[] {8}, "", "w", 9);
      await(submit(database, write("actor", next)));
      assertThat(database.messages().highestSequence("actor")).isEqualTo(2);
    }
  }
}
