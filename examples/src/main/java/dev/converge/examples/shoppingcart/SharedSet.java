package dev.converge.examples.shoppingcart;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.examples.NodeClient;
import dev.converge.examples.NodeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;

/** One {@code orset} of the store as one node sees it, and that node's links. Thread-safe. */
final class SharedSet {
  private final NodeClient node;
  private final String name;
  private final String path;

  SharedSet(NodeClient node, String key) {
    this.node = node;
    this.path = "/v1/data/" + NodeClient.segment(key);
    this.name = node.get("/v1/cluster").join().path("self").asText();
  }

  /** The node's name. */
  String name() {
    return name;
  }

  void add(String element) {
    change("add", element);
  }

  void remove(String element) {
    change("remove", element);
  }

  private void change(String operation, String element) {
    node.post(path, Map.of("type", "orset", "op", operation, "element", element)).join();
  }

  /** The elements, sorted as the node sorts them; none while the node does not know the key. */
  List<String> elements() {
    List<String> elements = new ArrayList<>();
    for (JsonNode element : read().path("value")) {
      elements.add(element.asText());
    }
    return elements;
  }

  private JsonNode read() {
    return node.get(path)
        .exceptionally(
            failure -> {
              Throwable cause =
                  failure instanceof CompletionException ? failure.getCause() : failure;
              if (cause instanceof NodeException e && e.status() == 404) {
                return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
              }
              throw new CompletionException(cause);
            })
        .join();
  }

  /** Cuts the node's links to {@code others}, both ways. */
  void cutFrom(List<String> others) {
    node.post("/v1/faults/partition", Map.of("from", others)).join();
  }

  void heal() {
    node.delete("/v1/faults").join();
  }

  void forget() {
    node.delete(path).join();
  }
}
