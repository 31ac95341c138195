package dev.converge.pekko.journal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Creates the tables, and is safe to run at every start.
 *
 * <ul>
 *   <li>{@code event_log} is the journal and all logs in one: a row is found by its position, in
 *       the order of which rows are added, and by its origin and log number.
 *   <li>{@code entity_run} says where an entity's rows stand; see {@link EntityIndex}.
 *   <li>{@code message_log} has the messages of ordinary persistent actors.
 *   <li>{@code log_head} has one row, which each writing transaction locks: the owner, how many
 *       transactions there were, and where the own log ends. {@code log_held} says where the others
 *       end, also when all of their rows were compacted away. {@code log_compacted} says from where
 *       on a log has no holes.
 *   <li>{@code snapshot} has checkpoints, and snapshots of ordinary actors.
 *   <li>{@code erased_entity} says which entities are erased, and how far that is.
 *   <li>{@code converge_state} has small named values.
 * </ul>
 */
final class JournalSchema {
  /** The version of the tables below; a database with a newer one is refused. */
  static final int VERSION = 3;

  /** By the names that H2 has for types. */
  private static final List<String> TABLES =
      List.of(
          """
          CREATE TABLE IF NOT EXISTS "event_log" (
            "position" BIGINT PRIMARY KEY,
            "persistence_id" VARCHAR(600) NOT NULL,
            "kind" SMALLINT NOT NULL,
            "origin" INTEGER,
            "lsn" BIGINT,
            "hlc" BIGINT,
            "after" VARBINARY(8000),
            "crc" INTEGER,
            "event_payload" BLOB NOT NULL)""",
          """
          CREATE TABLE IF NOT EXISTS "entity_run" (
            "persistence_id" VARCHAR(600) NOT NULL,
            "first_position" BIGINT NOT NULL,
            "positions" BLOB NOT NULL,
            "crc" INTEGER NOT NULL,
            PRIMARY KEY ("persistence_id", "first_position"))""",
          """
          CREATE TABLE IF NOT EXISTS "message_log" (
            "persistence_id" VARCHAR(600) NOT NULL,
            "sequence_number" BIGINT NOT NULL,
            "crc" INTEGER,
            "deleted" BOOLEAN DEFAULT FALSE NOT NULL,
            "event_payload" BLOB NOT NULL,
            "event_ser_id" INTEGER,
            "event_ser_manifest" VARCHAR(255),
            "adapter_manifest" VARCHAR(255),
            "writer" VARCHAR(255),
            "write_timestamp" BIGINT,
            PRIMARY KEY ("persistence_id", "sequence_number"))""",
          """
          CREATE UNIQUE INDEX IF NOT EXISTS "event_log_lsn" ON "event_log" ("origin", "lsn")""",
          """
          CREATE TABLE IF NOT EXISTS "log_head" (
            "id" INTEGER PRIMARY KEY,
            "owner" BIGINT NOT NULL,
            "commits" BIGINT NOT NULL,
            "next_position" BIGINT NOT NULL,
            "next_lsn" BIGINT NOT NULL,
            "promise" BIGINT NOT NULL)""",
          """
          ALTER TABLE "log_head" ADD COLUMN IF NOT EXISTS "indexed_to" BIGINT DEFAULT 0 NOT NULL""",
          """
          CREATE TABLE IF NOT EXISTS "log_held" (
            "origin" INTEGER PRIMARY KEY,
            "next_lsn" BIGINT NOT NULL)""",
          """
          CREATE TABLE IF NOT EXISTS "log_compacted" (
            "origin" INTEGER PRIMARY KEY,
            "full_from" BIGINT NOT NULL)""",
          """
          CREATE TABLE IF NOT EXISTS "snapshot" (
            "persistence_id" VARCHAR(600) NOT NULL,
            "sequence_number" BIGINT NOT NULL,
            "created" BIGINT NOT NULL,
            "snapshot_ser_id" INTEGER NOT NULL,
            "snapshot_ser_manifest" VARCHAR NOT NULL,
            "snapshot_payload" BLOB NOT NULL,
            PRIMARY KEY ("persistence_id", "sequence_number"))""",
          """
          ALTER TABLE "snapshot" ADD COLUMN IF NOT EXISTS "crc" INTEGER""",
          """
          CREATE TABLE IF NOT EXISTS "erased_entity" (
            "persistence_id" VARCHAR(600) PRIMARY KEY,
            "record" BLOB,
            "stage" SMALLINT NOT NULL)""",
          """
          CREATE TABLE IF NOT EXISTS "converge_state" (
            "name" VARCHAR(255) PRIMARY KEY,
            "content" BLOB NOT NULL)""",
          """
          CREATE TABLE IF NOT EXISTS "converge_replica" (
            "name" VARCHAR(64) NOT NULL,
            "incarnation" BIGINT NOT NULL,
            "own" BOOLEAN NOT NULL,
            PRIMARY KEY ("name", "incarnation"))""",
          """
          ALTER TABLE "converge_replica" ADD COLUMN IF NOT EXISTS "number" INTEGER""");

  private static final String VERSIONS =
      """
      CREATE TABLE IF NOT EXISTS "converge_schema" ("version" INTEGER PRIMARY KEY)""";

  private static final Pattern NAME = Pattern.compile("CREATE TABLE IF NOT EXISTS \"(\\w+)\"");

  private JournalSchema() {}

  /** The names of all tables. */
  static List<String> tables() {
    return Stream.concat(Stream.of(VERSIONS), TABLES.stream())
        .map(NAME::matcher)
        .filter(Matcher::lookingAt)
        .map(found -> found.group(1))
        .toList();
  }

  /**
   * Creates what is missing, and carries an older journal over.
   *
   * @throws SQLException if the database says no
   * @throws IllegalStateException if the tables are of a newer version than this program knows
   */
  static void createIfMissing(Connection connection, Dialect dialect) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(VERSIONS);
      int found = version(statement);
      if (found > VERSION) {
        throw new IllegalStateException(
            "the database has tables of version "
                + found
                + ", this program knows up to "
                + VERSION
                + "; run a newer release on it");
      }
      if (found == 2) {
        OldLog.putAside(statement);
      }
      for (String ddl : TABLES) {
        statement.execute(dialect.ddl(ddl));
      }
      numberReplicas(statement);
      if (found < VERSION) {
        carryOver(connection, statement, found);
      }
    }
  }

  private static int version(Statement statement) throws SQLException {
    try (ResultSet rows =
        statement.executeQuery("SELECT MAX(\"version\") FROM \"converge_schema\"")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  private static void numberReplicas(Statement statement) throws SQLException {
    statement.execute(
        "UPDATE \"converge_replica\" r SET \"number\" = (SELECT COUNT(*) FROM \"converge_replica\" o"
            + " WHERE o.\"name\" < r.\"name\" OR (o.\"name\" = r.\"name\""
            + " AND o.\"incarnation\" <= r.\"incarnation\")) WHERE \"number\" IS NULL");
  }

  /** All of it in one transaction: a start that is cut short begins again. */
  private static void carryOver(Connection connection, Statement statement, int found)
      throws SQLException {
    connection.setAutoCommit(false);
    try {
      if (found == 2) {
        OldLog.copy(statement);
      } else {
        OldJournal.Ends ends = found == 1 ? OldJournal.copy(connection) : new OldJournal.Ends(1, 1);
        statement.execute(
            "INSERT INTO \"log_head\" VALUES (1, 0, 0, "
                + ends.nextPosition()
                + ", "
                + ends.nextLsn()
                + ", 0, 0)");
      }
      statement.execute("INSERT INTO \"converge_schema\" VALUES (" + VERSION + ")");
      connection.commit();
    } catch (SQLException | RuntimeException e) {
      connection.rollback();
      throw e;
    } finally {
      connection.setAutoCommit(true);
    }
    statement.execute("DROP TABLE IF EXISTS \"event_log_2\"");
    if (found == 1) {
      statement.execute("DROP TABLE IF EXISTS \"event_tag\"");
      statement.execute("DROP TABLE IF EXISTS \"event_journal\"");
    }
  }
}
