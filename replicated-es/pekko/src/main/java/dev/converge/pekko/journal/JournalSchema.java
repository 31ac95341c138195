package dev.converge.pekko.journal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Creates the tables, and is safe to run at every start.
 *
 * <p>The journal's and the snapshots' tables have the columns that {@code pekko-persistence-jdbc}
 * expects. We create them ourselves because its own helper fails on a database that exists, and
 * because its keys are too short for ids of 512 characters.
 */
final class JournalSchema {
  /** The version of the tables below; a database with a newer one is refused. */
  static final int VERSION = 1;

  private static final List<String> H2 =
      List.of(
          """
          CREATE TABLE IF NOT EXISTS "event_journal" (
            "ordering" BIGINT UNIQUE NOT NULL AUTO_INCREMENT,
            "deleted" BOOLEAN DEFAULT FALSE NOT NULL,
            "persistence_id" VARCHAR(600) NOT NULL,
            "sequence_number" BIGINT NOT NULL,
            "writer" VARCHAR NOT NULL,
            "write_timestamp" BIGINT NOT NULL,
            "adapter_manifest" VARCHAR NOT NULL,
            "event_payload" BLOB NOT NULL,
            "event_ser_id" INTEGER NOT NULL,
            "event_ser_manifest" VARCHAR NOT NULL,
            "meta_payload" BLOB,
            "meta_ser_id" INTEGER,
            "meta_ser_manifest" VARCHAR,
            PRIMARY KEY ("persistence_id", "sequence_number"))""",
          """
          CREATE TABLE IF NOT EXISTS "event_tag" (
            "event_id" BIGINT NOT NULL,
            "tag" VARCHAR NOT NULL,
            PRIMARY KEY ("event_id", "tag"),
            CONSTRAINT IF NOT EXISTS "fk_event_journal" FOREIGN KEY ("event_id")
              REFERENCES "event_journal" ("ordering") ON DELETE CASCADE)""",
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
          CREATE TABLE IF NOT EXISTS "converge_schema" ("version" INTEGER PRIMARY KEY)""");

  private JournalSchema() {}

  /**
   * Creates what is missing.
   *
   * @throws SQLException if the database says no
   * @throws IllegalStateException if the tables are of a newer version than this program knows
   */
  static void createIfMissing(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String ddl : H2) {
        statement.execute(ddl);
      }
      try (ResultSet rows =
          statement.executeQuery("SELECT MAX(\"version\") FROM \"converge_schema\"")) {
        rows.next();
        int found = rows.getInt(1);
        if (found > VERSION) {
          throw new IllegalStateException(
              "the database has tables of version "
                  + found
                  + ", this program knows up to "
                  + VERSION
                  + "; run a newer release on it");
        }
      }
      statement.execute(
          "MERGE INTO \"converge_schema\" (\"version\") KEY (\"version\") VALUES ("
              + VERSION
              + ")");
    }
  }
}
