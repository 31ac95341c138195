package dev.converge.pekko.journal;

import dev.converge.crdt.clock.ReplicaId;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Where a PostgreSQL database keeps the tables of a replica's former incarnations: in schemas
 * beside the present one, {@code public_attic_17} for the tables of incarnation 17 that were in
 * {@code public}. What has given all it had is {@code public_done_17}, and may be dropped. Blocks
 * on the database.
 */
public final class ServerAttic {
  private static final String ATTIC = "_attic_";
  private static final String DONE = "_done_";
  private static final int LONGEST_NAME = 63;
  private static final String NO_PRIVILEGE = "42501";

  private final DatabaseAddress address;

  /** The attic of the replica that is there, or will be. */
  public ServerAttic(DatabaseAddress address) {
    this.address = address;
  }

  private interface Work<T> {
    T run(Connection connection, String schema) throws SQLException;
  }

  private <T> T transaction(String what, Work<T> work) {
    try (Connection connection =
        DriverManager.getConnection(address.url(), address.user(), address.password())) {
      connection.setAutoCommit(false);
      T result = work.run(connection, schema(connection));
      connection.commit();
      return result;
    } catch (SQLException e) {
      throw new JournalException(
          "cannot "
              + what
              + ": "
              + e.getMessage()
              + (NO_PRIVILEGE.equals(e.getSQLState())
                  ? "; let the user create schemas (GRANT CREATE ON DATABASE ... TO \""
                      + address.user()
                      + "\") and own the tables, or give the node an empty database"
                  : ""),
          e);
    }
  }

  private static String schema(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT current_schema()")) {
      row.next();
      String schema = row.getString(1);
      if (schema == null) {
        throw new SQLException("the connection's search_path names no schema that exists");
      }
      return schema;
    }
  }

  /**
   * Moves the tables of an incarnation away, all or none, so that the next opening makes new ones.
   *
   * @throws JournalException if the server does not do it; nothing is changed then
   */
  public void move(ReplicaId former) {
    transaction(
        "move the tables of " + former + " to a schema of their own",
        (connection, schema) -> {
          String attic = schema + ATTIC + former.incarnation();
          if (attic.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
            throw new SQLException("the name " + attic + " is too long for a schema");
          }
          try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL lock_timeout = " + address.patience().toMillis());
            statement.execute("CREATE SCHEMA " + quoted(attic));
            for (String table : JournalSchema.tables()) {
              statement.execute(
                  "ALTER TABLE "
                      + quoted(schema)
                      + "."
                      + quoted(table)
                      + " SET SCHEMA "
                      + quoted(attic));
            }
          }
          return attic;
        });
  }

  /**
   * The incarnations of which something may have to be brought back, the oldest first.
   *
   * @throws JournalException if the server does not say
   */
  public List<DatabaseAddress> list() {
    return transaction(
        "list the schemas of former incarnations",
        (connection, schema) -> {
          String prefix = schema + ATTIC;
          TreeMap<Long, DatabaseAddress> found = new TreeMap<>();
          try (PreparedStatement query =
              connection.prepareStatement(
                  "SELECT nspname FROM pg_catalog.pg_namespace WHERE left(nspname, ?) = ?")) {
            query.setInt(1, prefix.length());
            query.setString(2, prefix);
            try (ResultSet rows = query.executeQuery()) {
              while (rows.next()) {
                String name = rows.getString(1);
                AtticName.incarnation(name.substring(prefix.length()))
                    .ifPresent(incarnation -> found.put(incarnation, in(name)));
              }
            }
          }
          return new ArrayList<>(found.values());
        });
  }

  /**
   * Nothing is to be brought back of that incarnation any more; its database is closed.
   *
   * @return the schema that may be dropped
   * @throws JournalException if the server does not do it; it is asked again at the next start
   */
  public String done(ReplicaId former) {
    return transaction(
        "rename the schema of " + former,
        (connection, schema) -> {
          String name = schema + DONE + former.incarnation();
          try (Statement statement = connection.createStatement()) {
            statement.execute(
                "ALTER SCHEMA "
                    + quoted(schema + ATTIC + former.incarnation())
                    + " RENAME TO "
                    + quoted(name));
          }
          return name;
        });
  }

  /** The same database, another schema. */
  private DatabaseAddress in(String schema) {
    String url = address.url();
    int question = url.indexOf('?');
    String options =
        question < 0
            ? ""
            : Arrays.stream(url.substring(question + 1).split("&"))
                .filter(option -> !option.startsWith("currentSchema="))
                .map(option -> "&" + option)
                .collect(Collectors.joining());
    return new DatabaseAddress(
        address.dialect(),
        (question < 0 ? url : url.substring(0, question))
            + "?currentSchema="
            + URLEncoder.encode(quoted(schema), StandardCharsets.UTF_8)
            + options,
        address.user(),
        address.password(),
        address.patience(),
        address.flushed());
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
