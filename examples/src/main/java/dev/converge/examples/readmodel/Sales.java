package dev.converge.examples.readmodel;

import dev.converge.examples.NodeClient;
import dev.converge.examples.onlineretail.Basket;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Real baskets as carts, through all nodes: items are added, every third cart by two nodes at once;
 * some are taken out or set to another quantity at another node; some carts are checked out.
 */
final class Sales {
  private final List<NodeClient> nodes;
  private final String prefix;

  /** The carts' ids begin with {@code prefix}. */
  Sales(List<NodeClient> nodes, String prefix) {
    this.nodes = List.copyOf(nodes);
    this.prefix = prefix;
  }

  String cart(Basket basket) {
    return prefix + basket.line();
  }

  /** Sends all that is to be done with a basket; {@code done} runs after each command. */
  CompletableFuture<?> write(Basket basket, Runnable done) {
    int home = basket.line() % nodes.size();
    List<String> items = new ArrayList<>(new LinkedHashSet<>(basket.codes()));
    boolean isShared = basket.line() % 3 == 0;
    List<CompletableFuture<?>> sides = new ArrayList<>();
    for (int side = 0; side < 2; side++) {
      CompletableFuture<?> all = CompletableFuture.completedFuture(null);
      for (int i = side; i < items.size(); i += 2) {
        String item = items.get(i);
        int at = isShared ? home + side : home;
        all =
            all.thenCompose(before -> command(basket, at, add(item, 1 + item.length() % 3)))
                .thenRun(done);
      }
      sides.add(all);
    }
    CompletableFuture<?> all = CompletableFuture.allOf(sides.toArray(CompletableFuture<?>[]::new));
    if (basket.line() % 4 == 0) {
      Map<String, ?> remove = Map.of("command", "remove", "item", items.get(0));
      all = all.thenCompose(before -> command(basket, home, remove)).thenRun(done);
    }
    if (basket.line() % 5 == 0) {
      Map<String, ?> set =
          Map.of("command", "setQuantity", "item", items.get(items.size() - 1), "quantity", 7);
      all = all.thenCompose(before -> command(basket, home + 1, set)).thenRun(done);
    } else if (!isShared && basket.line() % 2 == 0) {
      Map<String, ?> checkout = Map.of("command", "checkout");
      all = all.thenCompose(before -> command(basket, home, checkout)).thenRun(done);
    }
    return all;
  }

  private static Map<String, ?> add(String item, int quantity) {
    return Map.of("command", "add", "item", item, "quantity", quantity);
  }

  private CompletableFuture<?> command(Basket basket, int node, Map<String, ?> command) {
    return nodes
        .get(node % nodes.size())
        .post("/v1/entities/cart/" + NodeClient.segment(cart(basket)), command);
  }
}
