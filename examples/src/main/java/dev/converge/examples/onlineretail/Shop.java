package dev.converge.examples.onlineretail;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.examples.NodeClient;
import dev.converge.examples.onlineretail.ReplayPlan.Add;
import dev.converge.examples.onlineretail.ReplayPlan.Write;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** The carts of a cluster, over HTTP. Thread-safe. */
final class Shop {
  private final List<NodeClient> nodes;

  Shop(List<NodeClient> nodes) {
    this.nodes = List.copyOf(nodes);
  }

  int nodes() {
    return nodes.size();
  }

  /** Tells one node all of a write, command after command; {@code done} runs after each. */
  CompletableFuture<?> write(Write write, Runnable done) {
    CompletableFuture<?> all = CompletableFuture.completedFuture(null);
    for (Add add : write.adds()) {
      all = all.thenCompose(before -> add(write, add)).thenRun(done);
    }
    return all;
  }

  private CompletableFuture<JsonNode> add(Write write, Add add) {
    return nodes
        .get(write.node())
        .post(
            path(write.cart()),
            Map.of("command", "add", "item", add.item(), "quantity", add.quantity()));
  }

  /** How a cart at a node differs from what it must hold. */
  CompletableFuture<List<Difference>> differences(
      int node, String cart, Map<String, Integer> expected) {
    NodeClient client = nodes.get(node);
    return client
        .get(path(cart))
        .thenApply(
            answer -> Difference.between(cart, client.url().toString(), expected, items(answer)));
  }

  private static Map<String, Integer> items(JsonNode answer) {
    Map<String, Integer> items = new TreeMap<>();
    for (Map.Entry<String, JsonNode> e : answer.path("state").path("items").properties()) {
      items.put(e.getKey(), e.getValue().asInt());
    }
    return items;
  }

  /** Whether no node knows of any event of the cart. */
  boolean isUnused(String cart) {
    return nodes.stream().allMatch(node -> node.get(path(cart)).join().path("version").isEmpty());
  }

  private static String path(String cart) {
    return "/v1/entities/cart/" + NodeClient.segment(cart);
  }
}
