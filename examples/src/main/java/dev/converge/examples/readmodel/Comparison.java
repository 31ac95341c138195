package dev.converge.examples.readmodel;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.examples.NodeClient;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Whether the tables say of carts what a node says. */
final class Comparison {
  private Comparison() {}

  /** A line for each cart of which they do not; events counted, too. */
  static List<String> differences(CartTables tables, NodeClient node, Collection<String> carts)
      throws SQLException {
    List<String> differences = new ArrayList<>();
    for (String cart : carts) {
      String entity = shown(node.get("/v1/entities/cart/" + NodeClient.segment(cart)).join());
      String rows = shown(tables, cart);
      if (!entity.equals(rows)) {
        differences.add(cart + ": the tables have " + rows + ", the entity " + entity);
      }
    }
    return differences;
  }

  private static String shown(JsonNode entity) {
    Map<String, BigDecimal> items = new TreeMap<>();
    for (Map.Entry<String, JsonNode> item : entity.at("/state/items").properties()) {
      items.put(item.getKey(), item.getValue().decimalValue());
    }
    long events = 0;
    for (JsonNode sequence : entity.path("version")) {
      events += sequence.asLong();
    }
    return shown(events, items, entity.at("/state/checkedOut").asBoolean());
  }

  private static String shown(CartTables tables, String cart) throws SQLException {
    Map<String, BigDecimal> items = new TreeMap<>();
    for (List<Object> row :
        tables.run("SELECT item, quantity FROM cart_item WHERE cart = ?", cart)) {
      items.put((String) row.get(0), (BigDecimal) row.get(1));
    }
    List<List<Object>> events = tables.run("SELECT events FROM cart WHERE id = ?", cart);
    return shown(
        events.isEmpty() ? 0 : (Long) events.get(0).get(0),
        items,
        !tables.run("SELECT 1 FROM checkout WHERE cart = ?", cart).isEmpty());
  }

  private static String shown(long events, Map<String, BigDecimal> items, boolean isCheckedOut) {
    return events + " events, " + items + (isCheckedOut ? ", checked out" : "");
  }
}
