package dev.converge.multinode.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.multinode.MultiNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a cluster of three real nodes promises, over HTTP, while nodes die and links are cut. */
@ThreeNodes
class SkeletonAcceptanceTest extends Scenario {
  SkeletonAcceptanceTest(MultiNode group) {
    super(group);
  }

  @Test
  void whatOneNodeWritesIsSoonSeenByAll() {
    for (int node = 1; node <= 3; node++) {
      nodes.increment(node, "soon", node);
      nodes.count(node, "soon", node);
    }
    nodes.awaitValue("store", "soon", 6, 1, 2, 3);
    nodes.awaitCounted("entity", "soon", 6, 1, 2, 3);
  }

  @Test
  void aKilledNodeHasLostNothingThatItAcknowledged() {
    long acknowledged = 0;
    for (int i = 0; i < 200; i++) {
      nodes.count(2, "killed", 1);
      acknowledged++;
    }
    cluster.node(2).kill();
    nodes.count(1, "killed", 1_000);
    cluster.node(2).start();
    nodes.awaitAnswers("after kill -9", 2);
    long expected = acknowledged + 1_000;
    nodes.awaitCounted("after kill -9", "killed", expected, 1, 2, 3);
    awaitSame("after kill -9", "counter/killed", 201, all);
  }

  @Test
  void theStoreCountsExactlyThroughAKill() {
    nodes.increment(3, "exact", 5);
    nodes.awaitValue("before the kill", "exact", 5, 1, 2);
    cluster.node(3).kill();
    cluster.node(3).start();
    nodes.awaitAnswers("after kill -9", 3);
    // At once, before it can know what it had counted in its last life.
    nodes.increment(3, "exact", 7);
    nodes.awaitValue("after kill -9", "exact", 12, 1, 2, 3);
  }

  @Test
  void aStopOfAllFindsAllEntityDataAgain() {
    command(1, "cart/all", Map.of("command", "add", "item", "tea", "quantity", 2));
    command(2, "profile/all", Map.of("command", "patch", "fields", Map.of("name", "Ada")));
    awaitSame("before the stop", "cart/all", 1, all);
    awaitSame("before the stop", "profile/all", 1, all);
    cluster.nodes().forEach(TestClusterNode::terminate);
    cluster.start();
    nodes.awaitOneCluster("after the stop of all", 1, 2, 3);
    for (int node = 1; node <= 3; node++) {
      assertThat(entity(node, "cart/all").at("/state/items/tea").asInt()).isEqualTo(2);
      assertThat(entity(node, "profile/all").at("/state/fields/name").asText()).isEqualTo("Ada");
    }
  }

  @Test
  void duringACutEveryNodeTakesCommandsAndAfterItAllFoldTheSameInTheSameOrder() {
    command(1, "note/cut", Map.of("command", "patch", "fields", Map.of("text", "before")));
    awaitSame("before the cut", "note/cut", 1, all);
    nodes.cut(3, 1, 2);
    int refused = 0;
    int commands = 0;
    for (int i = 0; i < 100; i++) {
      for (int node = 1; node <= 3; node++) {
        commands += 3;
        refused += failed(node, "/v1/entities/note/cut", patch("text", node + "-" + i));
        refused += failed(node, "/v1/entities/profile/cut", patch("f" + i % 4, node + "-" + i));
        refused +=
            failed(node, "/v1/data/cut", Map.of("type", "pncounter", "op", "increment", "by", 1));
      }
    }
    assertThat(refused * 100)
        .as("%d of %d commands failed", refused, commands)
        .isLessThan(commands);
    nodes.heal();
    awaitSame("after the heal", "note/cut", 301, all);
    awaitSame("after the heal", "profile/cut", 300, all);
    assertThat(history(1, "note/cut").path("events").findValues("concurrentWith"))
        .as("there were conflicts to decide")
        .anyMatch(dots -> !dots.isEmpty());
    nodes.awaitValue("after the heal", "cut", 300 - refused, 1, 2, 3);
  }

  private Map<String, ?> patch(String field, String value) {
    return Map.of("command", "patch", "fields", Map.of(field, value));
  }

  private int failed(int node, String path, Map<String, ?> body) {
    try {
      return cluster.node(node).http().post(path, body).status() == 200 ? 0 : 1;
    } catch (java.io.UncheckedIOException e) {
      return 1;
    }
  }

  @Test
  void whatCannotComeDirectlyComesThroughTheThirdNode() {
    nodes.cut(1, 3);
    nodes.count(1, "relay", 3);
    nodes.increment(1, "relay", 3);
    nodes.awaitCounted("1-3 cut", "relay", 3, 3);
    nodes.awaitValue("1-3 cut: the store at node 3", "relay", 3, 3);
    nodes.heal();
    nodes.awaitOneCluster("after the heal", 1, 2, 3);
  }

  @Test
  void badInputGetsTheStatusOfTheContractAndTheNodeGoesOn() {
    JsonHttp http = cluster.node(1).http();
    String data = "/v1/data/bad";
    nodes.increment(1, "bad", 1);
    assertThat(http.postText(data, "{\"type\":").status()).isEqualTo(400);
    assertThat(http.postText(data, "[]").status()).isEqualTo(400);
    assertThat(http.post(data, store("gcounter", "increment", "bye", 1)).status()).isEqualTo(400);
    assertThat(http.post(data, store("gcounter", "increment", "by", -1)).status()).isEqualTo(400);
    assertThat(http.post(data, store("gcounter", "explode", "by", 1)).status()).isEqualTo(400);
    assertThat(http.post(data, store("orset", "add", "element", "x")).status()).isEqualTo(409);
    assertThat(http.get("/v1/data/nothing-here").status()).isEqualTo(404);
    assertThat(http.get("/v1/entities/unicorn/1").status()).isEqualTo(404);
    assertThat(http.get("/v1/nowhere").status()).isEqualTo(404);
    assertThat(http.delete("/v1/cluster").status()).isEqualTo(405);
    String counter = "/v1/entities/counter/bad";
    assertThat(http.post(counter, Map.of("command", "increment", "by", -1)).status())
        .isEqualTo(400);
    assertThat(http.post(counter, Map.of("command", "increment", "by", "1")).status())
        .isEqualTo(400);
    assertThat(http.post(counter, Map.of("command", "vanish")).status()).isEqualTo(400);
    assertThat(http.postText(counter, "\"" + "x".repeat(2 << 20) + "\"").status()).isEqualTo(413);
    String longKey = "k".repeat(10_000);
    assertThat(http.get("/v1/entities/counter/" + longKey).status()).isEqualTo(400);
    assertThat(http.get("/v1/data/" + longKey).status()).isEqualTo(400);
    command(1, "cart/bad", Map.of("command", "checkout"));
    JsonHttp.Answer refused =
        http.post("/v1/entities/cart/bad", Map.of("command", "add", "item", "tea"));
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.body().path("detail").asText()).contains("checked out");
    for (String field : List.of("type", "title", "status", "detail")) {
      assertThat(refused.body().has(field)).as(field).isTrue();
    }
    assertThat(nodes.increment(1, "bad", 1)).isEqualTo(2);
    nodes.count(1, "bad", 1);
    assertThat(nodes.counted(1, "bad")).isEqualTo(1);
  }

  private Map<String, ?> store(String type, String op, String field, Object value) {
    return Map.of("type", type, "op", op, field, value);
  }

  @Test
  void idsWithEveryKindOfCharacterWork() {
    String id = "a%2Fb%20%C3%A9%3F%25";
    command(2, "counter/" + id, Map.of("command", "increment"));
    nodes.await(
        "an id with slash, blank, accent, question mark and percent sign",
        () -> nodes.counted(1, id) == 1);
    assertThat(entity(1, "counter?prefix=a%2F").path("ids").get(0).asText()).isEqualTo("a/b é?%");
  }
}
