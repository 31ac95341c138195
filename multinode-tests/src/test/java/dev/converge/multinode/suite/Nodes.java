package dev.converge.multinode.suite;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What scenarios say and ask, over HTTP only. */
final class Nodes {
  /** In seconds, on a busy machine with two cores; usually a few are enough. */
  private static final int LIMIT = 60;

  private final TestCluster cluster;
  private final List<String> timings = new ArrayList<>();

  Nodes(TestCluster cluster) {
    this.cluster = cluster;
  }

  private void note(double seconds, String what) {
    timings.add(String.format("%6.2f s  %s", seconds, what));
  }

  long increment(int node, String key, long by) {
    return cluster
        .node(node)
        .http()
        .post("/v1/data/" + key, Map.of("type", "gcounter", "op", "increment", "by", by))
        .expectSuccess()
        .body()
        .path("value")
        .asLong();
  }

  long value(int node, String key) {
    return cluster
        .node(node)
        .http()
        .get("/v1/data/" + key)
        .expectSuccess()
        .body()
        .path("value")
        .asLong();
  }

  /** Adds to a replicated entity; the value after it, as that node sees it. */
  long count(int node, String id, long by) {
    return counter(
        cluster
            .node(node)
            .http()
            .post("/v1/entities/counter/" + id, Map.of("command", "increment", "by", by)));
  }

  long counted(int node, String id) {
    return counter(cluster.node(node).http().get("/v1/entities/counter/" + id));
  }

  private static long counter(JsonHttp.Answer answer) {
    return answer.expectSuccess().body().path("state").path("value").asLong();
  }

  void awaitCounted(String when, String id, long value, int... nodes) {
    await(
        when + ": the entity " + id + " is " + value + " at " + Arrays.toString(nodes),
        () -> Arrays.stream(nodes).allMatch(node -> counted(node, id) == value));
  }

  /** The two groups no longer hear each other; nodes within a group do. */
  void cut(int node, int... others) {
    for (int other : others) {
      cluster.group().cut("node-" + node, "node-" + other);
    }
  }

  void heal() {
    cluster.group().heal();
  }

  void remove(int by, int node) {
    cluster
        .node(by)
        .http()
        .post("/v1/faults/remove", Map.of("replica", "node-" + node))
        .expectSuccess();
  }

  void awaitOneCluster(String when, int... nodes) {
    await(when + ": one cluster of " + Arrays.toString(nodes), () -> areOneCluster(nodes));
  }

  void awaitValue(String when, String key, long value, int... nodes) {
    await(
        when + ": " + key + " is " + value + " at " + Arrays.toString(nodes),
        () -> Arrays.stream(nodes).allMatch(node -> value(node, key) == value));
  }

  void awaitIsland(String when, int node) {
    await(
        when + ": node-" + node + " is alone in a cluster",
        () -> areOneCluster(node) && members(node).size() == 1);
  }

  void awaitUnreachable(String when, int seenBy, int node) {
    await(when + ": node-" + seenBy + " misses node-" + node, () -> !knows(seenBy, node));
  }

  boolean knows(int node, int other) {
    return members(node).contains("node-" + other);
  }

  void awaitAnswers(String when, int node) {
    await(when + ": node-" + node + " answers", () -> cluster(node).has("members"));
  }

  void await(String what, java.util.concurrent.Callable<Boolean> condition) {
    // Read each time: planted faults are given less, what runs after them is not.
    Duration limit = Duration.ofSeconds(Integer.getInteger("converge.limit", LIMIT));
    Duration took = cluster.await(what, limit, condition);
    note(took.toMillis() / 1000.0, what);
  }

  String timings() {
    return String.join("\n", timings);
  }

  String clusterId(int node) {
    return cluster(node).path("clusterId").asText();
  }

  /** All in one cluster, each seeing each as a reachable member that is at least weakly up. */
  private boolean areOneCluster(int... nodes) {
    Set<String> names = new TreeSet<>();
    Set<String> ids = new LinkedHashSet<>();
    for (int node : nodes) {
      names.add("node-" + node);
      ids.add(clusterId(node));
    }
    return ids.size() == 1
        && !ids.contains("null")
        && Arrays.stream(nodes).allMatch(node -> members(node).containsAll(names));
  }

  private Set<String> members(int node) {
    Set<String> members = new TreeSet<>();
    for (JsonNode member : cluster(node).path("members")) {
      if (member.path("reachable").asBoolean()
          && Set.of("Up", "WeaklyUp").contains(member.path("status").asText())) {
        members.add(member.path("replica").asText());
      }
    }
    return members;
  }

  private JsonNode cluster(int node) {
    return cluster.node(node).http().get("/v1/cluster").expectSuccess().body();
  }
}
