package dev.converge.pekko.journal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Whether every index of an H2 database has the rows of its table, counted one by one. */
final class IndexCheck {
  private static final String INDEXES =
      "SELECT TABLE_NAME, INDEX_NAME, COLUMN_NAME FROM INFORMATION_SCHEMA.INDEX_COLUMNS"
          + " WHERE INDEX_SCHEMA = 'PUBLIC' ORDER BY TABLE_NAME, INDEX_NAME, ORDINAL_POSITION";

  private IndexCheck() {}

  /** What is wrong, empty if nothing is. */
  static List<String> problems(Connection connection) throws SQLException {
    TreeMap<String, TreeMap<String, String>> tables = new TreeMap<>();
    try (Statement statement = connection.createStatement()) {
      try (ResultSet rows = statement.executeQuery(INDEXES)) {
        while (rows.next()) {
          tables
              .computeIfAbsent(rows.getString(1), table -> new TreeMap<>())
              .merge(
                  rows.getString(2), quoted(rows.getString(3)), (some, more) -> some + ", " + more);
        }
      }
      List<String> problems = new ArrayList<>();
      for (String table : tables.keySet()) {
        long scanned = count(statement, "SELECT _ROWID_ FROM " + quoted(table) + " ORDER BY 1");
        tables
            .get(table)
            .forEach(
                (index, columns) -> {
                  try {
                    long found =
                        count(
                            statement,
                            "SELECT "
                                + columns
                                + " FROM "
                                + quoted(table)
                                + " USE INDEX ("
                                + quoted(index)
                                + ") ORDER BY "
                                + columns);
                    if (found != scanned) {
                      problems.add(table + " has " + scanned + " rows, its " + index + " " + found);
                    }
                  } catch (SQLException e) {
                    problems.add(table + " by " + index + ": " + e.getMessage());
                  }
                });
      }
      return problems;
    }
  }

  private static long count(Statement statement, String query) throws SQLException {
    try (ResultSet rows = statement.executeQuery(query)) {
      long count = 0;
      while (rows.next()) {
        count++;
      }
      return count;
    }
  }

  private static String quoted(String name) {
    return '"' + name + '"';
  }
}
