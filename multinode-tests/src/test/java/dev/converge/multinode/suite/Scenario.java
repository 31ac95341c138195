package dev.converge.multinode.suite;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.multinode.MultiNode;
import java.util.Map;
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
    this.group = group;
    this.cluster = new TestCluster(group);
    this.nodes = new Nodes(cluster);
    this.all = IntStream.rangeClosed(1, group.names().size()).toArray();
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

  JsonNode value(int node, String key) {
    return cluster.node(node).http().get("/v1/data/" + key).expectSuccess().body().path("value");
  }
}
