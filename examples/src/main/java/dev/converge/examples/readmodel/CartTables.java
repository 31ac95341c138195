package dev.converge.examples.readmodel;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The read model: carts as tables in an H2 file, and how far in the feed they are. Both change in
 * one transaction, {@link #take}, so they fit whenever the process ends.
 *
 * <p>A removal takes away what its author had seen, as in the cart itself. So an item is kept as
 * the contributions that make it up, each under the name of its event, and views sum them.
 *
 * <p>Not thread-safe. Of two processes that follow into one database the file's lock lets one in;
 * with a database server, the comparison of the cursor in {@link #take} does.
 */
final class CartTables implements AutoCloseable {
  private static final List<String> SCHEMA =
      List.of(
          "CREATE TABLE IF NOT EXISTS place(feed_cursor VARCHAR NOT NULL)",
          "CREATE TABLE IF NOT EXISTS cart(id VARCHAR PRIMARY KEY, events BIGINT NOT NULL)",
          "CREATE TABLE IF NOT EXISTS checkout(cart VARCHAR, replica VARCHAR, seq BIGINT,"
              + " PRIMARY KEY(cart, replica, seq))",
          "CREATE TABLE IF NOT EXISTS contribution(cart VARCHAR, item VARCHAR, replica VARCHAR,"
              + " seq BIGINT, quantity DECIMAL(100) NOT NULL, is_set BOOLEAN NOT NULL,"
              + " PRIMARY KEY(cart, item, replica, seq))",
          "CREATE VIEW IF NOT EXISTS cart_item AS SELECT cart, item, SUM(quantity) AS quantity"
              + " FROM contribution GROUP BY cart, item",
          "CREATE VIEW IF NOT EXISTS item_total AS SELECT item, SUM(quantity) AS quantity,"
              + " COUNT(*) AS carts FROM cart_item GROUP BY item");

  /** Told of each statement before it runs, and of the commit; what it throws is thrown. */
  interface Watch {
    void before(String statement);
  }

  private final Connection connection;
  private final Watch watch;

  private CartTables(Connection connection, Watch watch) {
    this.connection = connection;
    this.watch = watch;
  }

  /**
   * Opens the database, or makes it.
   *
   * @param from where in the feed a new one begins
   */
  static CartTables open(Path file, String from) throws SQLException {
    return open(file, from, statement -> {});
  }

  static CartTables open(Path file, String from, Watch watch) throws SQLException {
    // A commit is in the file when it returns; the default is half a second later.
    CartTables tables =
        new CartTables(
            DriverManager.getConnection("jdbc:h2:file:" + file.toAbsolutePath() + ";WRITE_DELAY=0"),
            watch);
    boolean done = false;
    try {
      tables.prepare(from);
      done = true;
    } finally {
      if (!done) {
        tables.abandon();
      }
    }
    return tables;
  }

  private void prepare(String from) throws SQLException {
    connection.setAutoCommit(false);
    for (String statement : SCHEMA) {
      run(statement);
    }
    if (run("SELECT feed_cursor FROM place FETCH FIRST ROW ONLY").isEmpty()) {
      run("INSERT INTO place VALUES(?)", from);
    }
    connection.commit();
  }

  /** Up to where in the feed the tables are. */
  String cursor() throws SQLException {
    return String.valueOf(run("SELECT feed_cursor FROM place").get(0).get(0));
  }

  /**
   * Takes a page of the feed in, and moves the cursor, or does nothing at all.
   *
   * @param from the cursor that the page was asked for
   * @throws IllegalStateException if the tables are not there any more: somebody else follows too
   */
  void take(String from, JsonNode page) throws SQLException {
    boolean done = false;
    try {
      if (update("UPDATE place SET feed_cursor = ? WHERE feed_cursor = ?", next(page), from) != 1) {
        throw new IllegalStateException("another process follows the feed into this database");
      }
      for (JsonNode event : page.path("events")) {
        apply(event);
      }
      watch.before("COMMIT");
      connection.commit();
      done = true;
    } finally {
      if (!done) {
        connection.rollback();
      }
    }
  }

  private static String next(JsonNode page) {
    return page.path("next").asText();
  }

  private void apply(JsonNode event) throws SQLException {
    String cart = event.path("id").asText();
    update(
        "MERGE INTO cart USING (VALUES(CAST(? AS VARCHAR))) AS one(id) ON cart.id = one.id"
            + " WHEN MATCHED THEN UPDATE SET events = events + 1"
            + " WHEN NOT MATCHED THEN INSERT VALUES(one.id, 1)",
        cart);
    if (!event.path("hasEffect").asBoolean()) {
      return; // discarded, or the same request as an earlier event
    }
    JsonNode change = event.path(event.has("replacement") ? "replacement" : "event");
    String item = change.path("item").asText();
    String kind = change.path("event").asText();
    switch (kind) {
      case "added" -> contribute(event, item, change.path("quantity").decimalValue(), false);
      case "removed" -> forgetSeen("contribution", "cart = ? AND item = ?", event, cart, item);
      case "quantitySet" -> set(event, item, change.path("quantity").decimalValue());
      case "checkedOut" -> checkOut(event);
      case "decided" -> {
        for (Map.Entry<String, JsonNode> one : change.path("quantities").properties()) {
          set(event, one.getKey(), one.getValue().decimalValue());
        }
        if (change.hasNonNull("checkedOut")) {
          forgetSeen("checkout", "cart = ?", event, cart);
          if (change.path("checkedOut").asBoolean()) {
            checkOut(event);
          }
        }
      }
      default ->
          throw new IllegalStateException(
              "an event of a cart that this version does not know: '" + kind + "'; upgrade it");
    }
  }

  /** A set quantity takes the place of what its author had seen, and of other set quantities. */
  private void set(JsonNode event, String item, BigDecimal quantity) throws SQLException {
    String cart = event.path("id").asText();
    forgetSeen("contribution", "cart = ? AND item = ?", event, cart, item);
    update("DELETE FROM contribution WHERE cart = ? AND item = ? AND is_set", cart, item);
    if (quantity.signum() > 0) {
      contribute(event, item, quantity, true);
    }
  }

  private void contribute(JsonNode event, String item, BigDecimal quantity, boolean isSet)
      throws SQLException {
    JsonNode dot = event.path("dot");
    update(
        "INSERT INTO contribution VALUES(?, ?, ?, ?, ?, ?)",
        event.path("id").asText(),
        item,
        dot.path("replica").asText(),
        dot.path("seq").asLong(),
        quantity,
        isSet);
  }

  private void checkOut(JsonNode event) throws SQLException {
    JsonNode dot = event.path("dot");
    update(
        "INSERT INTO checkout VALUES(?, ?, ?)",
        event.path("id").asText(),
        dot.path("replica").asText(),
        dot.path("seq").asLong());
  }

  /** Deletes rows of events that the author of this one had seen. */
  private void forgetSeen(String table, String where, JsonNode event, Object... values)
      throws SQLException {
    for (Map.Entry<String, JsonNode> seen : event.path("dependencies").properties()) {
      List<Object> all = new ArrayList<>(List.of(values));
      all.add(seen.getKey());
      all.add(seen.getValue().asLong());
      update(
          "DELETE FROM " + table + " WHERE " + where + " AND replica = ? AND seq <= ?",
          all.toArray());
    }
  }

  /** Rows of a query; whoever reads may ask what no entity could answer. */
  List<List<Object>> run(String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = prepared(sql, values)) {
      List<List<Object>> rows = new ArrayList<>();
      if (statement.execute()) {
        try (ResultSet result = statement.getResultSet()) {
          int columns = result.getMetaData().getColumnCount();
          while (result.next()) {
            List<Object> row = new ArrayList<>();
            for (int i = 1; i <= columns; i++) {
              row.add(result.getObject(i));
            }
            rows.add(row);
          }
        }
      }
      return rows;
    }
  }

  private int update(String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = prepared(sql, values)) {
      return statement.executeUpdate();
    }
  }

  private PreparedStatement prepared(String sql, Object... values) throws SQLException {
    watch.before(sql);
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }

  /** Ends without a commit, as the end of the process would. */
  void abandon() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SHUTDOWN IMMEDIATELY");
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
