package dev.converge.multinode.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.multinode.MultiNode;
import dev.converge.multinode.MultiNodeTest;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Nodes with two versions of an entity's events, upgraded one after the other. */
@MultiNodeTest(
    nodes = {"node-1", "node-2"},
    node = TallyTestNode.class)
class RollingUpgradeTest extends Scenario {
  private static final String TALLY = "/v1/entities/tally/t";

  RollingUpgradeTest(MultiNode group) {
    super(group);
  }

  private static JsonNode tally(TestCluster cluster, int node) {
    return cluster.node(node).http().get(TALLY).expectSuccess().body();
  }

  private static void add(TestCluster cluster, int node, Map<String, Object> command) {
    cluster.node(node).http().post(TALLY, command).expectSuccess();
  }

  private void upgrade(int number) throws Exception {
    cluster.node(number).terminate();
    TallyTestNode.install(group, cluster.node(number).name(), 2);
    cluster.node(number).start();
    nodes.awaitAnswers("upgraded", number);
  }

  @Test
  void anOldNodeParksNewerEventsOfAnEntityUntilItIsUpgradedToo() throws Exception {
    add(cluster, 1, Map.of("command", "add", "by", 1));
    nodes.await(
        "both have the first, and it is final",
        () ->
            tally(cluster, 1).path("final").asBoolean()
                && tally(cluster, 2).at("/state/total").asInt() == 1);

    upgrade(2);
    nodes.await(
        "the new node takes what the new version has",
        () ->
            cluster
                    .node(2)
                    .http()
                    .post(TALLY, Map.of("command", "add", "by", 10, "note", "ten"))
                    .status()
                == 200);
    nodes.await("the old one has it", () -> tally(cluster, 1).path("parked").asInt() == 1);
    assertThat(tally(cluster, 1).at("/state").toString()).isEqualTo("{\"total\":1}");
    assertThat(tally(cluster, 2).at("/state").toString())
        .isEqualTo("{\"total\":11,\"note\":\"ten\"}");

    // It goes on, and so do its other entities; but nothing of this one becomes final there.
    add(cluster, 1, Map.of("command", "add", "by", 100));
    nodes.count(1, "other", 1);
    nodes.await(
        "another entity of the old node is final",
        () ->
            cluster
                .node(1)
                .http()
                .get("/v1/entities/counter/other")
                .body()
                .path("final")
                .asBoolean());
    nodes.await(
        "the new one has the old one's",
        () ->
            tally(cluster, 2).at("/state/total").asInt() == 111
                && tally(cluster, 2).path("final").asBoolean());
    assertThat(tally(cluster, 1).at("/state/total").asInt()).isEqualTo(101);
    assertThat(tally(cluster, 1).path("final").asBoolean()).isFalse();

    upgrade(1);
    nodes.await(
        "the other is upgraded, and has all",
        () ->
            tally(cluster, 1).equals(tally(cluster, 2))
                && tally(cluster, 1).path("final").asBoolean());
    assertThat(tally(cluster, 1).has("parked")).isFalse();
    assertThat(tally(cluster, 1).at("/state").toString())
        .isEqualTo("{\"total\":111,\"note\":\"ten\"}");
  }
}
