package dev.converge.pekko.journal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Creates the tables, and is safe to run at every start.
 *
 * <p>{@code event_log} is the journal and the replica log in one: a row is found by its entity and
 * sequence number, and by its origin and log number. {@code log_head} has one row, which each
 * writing transaction locks. The snapshots' table has the columns that {@code
 * pekko-persistence-jdbc} expects; we create it ourselves because its own helper fails on a
 * database that exists, and because its keys are too short for ids of 512 characters.
 */
final class JournalSchema {
  /** The version of the tables below; a database with a newer one is refused. */
  static final int VERSION = 2;

  /** By the names that H2 has for types. */
  private static final List<String> TABLES =
      List.of(
          """
          CREATE TABLE IF NOT EXISTS "event_log" (
            "persistence_id" VARCHAR(600) NOT NULL,
            "sequence_number" BIGINT NOT NULL,
            "origin" INTEGER,
            "lsn" BIGINT,
            "hlc" BIGINT,
            "deleted" BOOLEAN DEFAULT FALSE NOT NULL,
            "writer" VARCHAR(255) NOT NULL,
            "write_timestamp" BIGINT NOT NULL,
            "event_ser_id" INTEGER NOT NULL,
            "event_ser_manifest" VARCHAR(255) NOT NULL,
            "adapter_manifest" VARCHAR(255) NOT NULL,
            "event_payload" BLOB NOT NULL,
            PRIMARY KEY ("persistence_id", "sequence_number"))""",
          """
          CREATE UNIQUE INDEX IF NOT EXISTS "event_log_lsn" ON "event_log" ("origin", "lsn")""",
          """
          CREATE TABLE IF NOT EXISTS "log_head" (
            "id" INTEGER PRIMARY KEY,
            "next_lsn" BIGINT NOT NULL,
            "promise" BIGINT NOT NULL)""",
          """
          CREATE TABLE IF NOT EXISTS "snapshot" (
            "persistence_id" VARCHAR(600) NOT NULL,
            "sequence_number" BIGINT NOT NULL,
            "created" BIGINT NOT NULL,
            "snapshot_ser_id" INTEGER NOT NULL,
            "snapshot_ser_manifest" VARCHAR NOT NULL,
            "snapshot_payload" BLOB NOT NULL,
            "meta_ser_id" INTEGER,
            "meta_ser_manifest" VARCHAR,
            "meta_payload" BLOB,
            PRIMARY KEY ("persistence_id", "sequence_number"))""",
          """
          CREATE TABLE IF NOT EXISTS "converge_replica" (
            "name" VARCHAR(64) NOT NULL,
            "incarnation" BIGINT NOT NULL,
            "own" BOOLEAN NOT NULL,
            PRIMARY KEY ("name", "incarnation"))""",
          """
          ALTER TABLE "converge_replica" ADD COLUMN IF NOT EXISTS "number" INTEGER""",
          """
          CREATE TABLE IF NOT EXISTS "converge_schema" ("version" INTEGER PRIMARY KEY)""");

  private JournalSchema() {}

  /**
   * Creates what is missing, and carries an older journal over.
   *
   * @throws SQLException if the database says no
   * @throws IllegalStateException if the tables are of a newer version than this program knows
   */
  static void createIfMissing(Connection connection, Dialect dialect) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String ddl : TABLES) {
        statement.execute(dialect.ddl(ddl));
      }
      int found = version(statement);
      if (found > VERSION) {
        throw new IllegalStateException(
            "the database has tables of version "
                + found
                + ", this program knows up to "
                + VERSION
                + "; run a newer release on it");
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
      long next = found == 1 ? OldJournal.copy(connection) : 1;
      statement.execute("INSERT INTO \"log_head\" VALUES (1, " + next + ", 0)");
      statement.execute("INSERT INTO \"converge_schema\" VALUES (" + VERSION + ")");
      connection.commit();
    } catch (SQLException | RuntimeException e) {
      connection.rollback();
      throw e;
    } finally {
      connection.setAutoCommit(true);
    }
    if (found == 1) {
      statement.execute("DROP TABLE IF EXISTS \"event_tag\"");
      statement.execute("DROP TABLE IF EXISTS \"event_journal\"");
    }
  }
}
