package dev.converge.examples.readmodel;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.examples.NodeClient;
import dev.converge.examples.NodeException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletionException;

/**
 * Carries final events from the feed into the tables, a page at a time. A cursor is good at every
 * node, so when one does not answer the next is asked. Not thread-safe.
 */
final class Projection {
  /** How many events one transaction takes in. */
  static final int PAGE = 200;

  private static final int GONE = 410;

  private final List<NodeClient> nodes;
  private final CartTables tables;
  private final int pageSize;
  private int node;

  Projection(List<NodeClient> nodes, CartTables tables, int pageSize) {
    this.nodes = List.copyOf(nodes);
    this.tables = tables;
    this.pageSize = pageSize;
  }

  /** Where the feed ends now: what is final after this call comes behind that cursor. */
  static String end(NodeClient node) {
    return page(node, "end", 1).path("next").asText();
  }

  /**
   * Takes the next page in.
   *
   * @return whether there is more already
   * @throws CompletionException if no node answers
   */
  boolean step() throws SQLException {
    String from = tables.cursor();
    JsonNode page = next(from);
    if (!from.equals(page.path("next").asText())) {
      tables.take(from, page);
    }
    return !page.path("end").asBoolean();
  }

  private JsonNode next(String from) {
    for (int tries = 1; ; tries++) {
      try {
        return page(nodes.get(node), from, pageSize);
      } catch (CompletionException e) {
        if (e.getCause() instanceof NodeException no && no.status() == GONE) {
          throw new IllegalStateException(
              "events behind the cursor have left the journal; begin with a new database", e);
        }
        if (tries == nodes.size()) {
          throw e;
        }
        node = (node + 1) % nodes.size();
      }
    }
  }

  private static JsonNode page(NodeClient node, String from, int limit) {
    return node.get("/v1/feed?type=cart&limit=" + limit + "&from=" + NodeClient.segment(from))
        .join();
  }
}
