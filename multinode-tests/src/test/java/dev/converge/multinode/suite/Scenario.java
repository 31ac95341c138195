package dev.converge.multinode.suite;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.multinode.MultiNode;
import dev.converge.multinode.NodeContext;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;

/** Scenarios on a running cluster: each begins with all nodes in one cluster. */
abstract class Scenario {
  final MultiNode group;
  final TestCluster cluster;
  final Nodes nodes;
  final int[] all;

  Scenario(MultiNode group) {
    this(group, group.names().size());
  }

  /** With so many nodes, from the first, that are in one cluster at the beginning of each test. */
  Scenario(MultiNode group, int size) {
    this.group = group;
    this.cluster = new TestCluster(group);
    this.nodes = new Nodes(cluster);
    this.all = IntStream.rangeClosed(1, size).toArray();
  }

  @BeforeEach
  void awaitOneCluster() {
    int[] running = IntStream.of(all).filter(node -> cluster.node(node).isRunning()).toArray();
    for (int node : running) {
      nodes.awaitAnswers("at the beginning", node);
    }
    nodes.awaitOneCluster("at the beginning", running);
  }

  @AfterEach
  void printTimings(TestInfo test) {
    System.out.println(test.getDisplayName() + "\n" + nodes.timings());
  }

  private record Seen(JsonNode entity, JsonNode history) {}

  /**
   * Waits until these show the same state, version and history of an entity, of so many events. A
   * failure prints what each showed at last.
   */
  void awaitSame(String when, String path, int events, int... at) {
    Map<Integer, Seen> shown = new TreeMap<>();
    try {
      nodes.await(
          when
              + ": "
              + Arrays.toString(at)
              + " have "
              + events
              + " events of "
              + path
              + ", the same",
          () -> {
            for (int node : at) {
              shown.put(node, new Seen(entity(node, path), history(node, path)));
            }
            Set<Seen> different = Set.copyOf(shown.values());
            return different.size() == 1
                && different.iterator().next().history().path("events").size() == events;
          });
    } catch (AssertionError e) {
      shown.forEach((node, what) -> System.out.println("node-" + node + " showed " + what));
      throw e;
    }
  }

  /** Waits until these show the same of a key of the store, which is so. */
  void awaitValue(String when, String key, Predicate<JsonNode> so, int... at) {
    nodes.await(
        when + ": " + Arrays.toString(at) + " show the same of " + key,
        () ->
            so.test(value(at[0], key))
                && IntStream.of(at).allMatch(node -> value(node, key).equals(value(at[0], key))));
  }

  JsonNode command(int node, String entity, Map<String, ?> command) {
    return cluster.node(node).http().post("/v1/entities/" + entity, command).expectSuccess().body();
  }

  JsonNode entity(int node, String path) {
    return cluster.node(node).http().get("/v1/entities/" + path).expectSuccess().body();
  }

  JsonNode history(int node, String path) {
    return entity(node, path + "/history?limit=10000");
  }

  JsonNode data(int node, String key, Map<String, ?> operation) {
    return cluster.node(node).http().post("/v1/data/" + key, operation).expectSuccess().body();
  }

  /** For code that runs at a node: a client of that very node. */
  static JsonHttp own(NodeContext node) {
    return new JsonHttp("http://127.0.0.1:" + node.servicePort(node.name()));
  }

  static int numberOf(NodeContext node) {
    return Integer.parseInt(node.name().substring("node-".length()));
  }

  JsonNode value(int node, String key) {
    return cluster.node(node).http().get("/v1/data/" + key).expectSuccess().body().path("value");
  }
}
