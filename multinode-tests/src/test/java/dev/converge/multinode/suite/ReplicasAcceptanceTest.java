package dev.converge.multinode.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.multinode.MultiNode;
import dev.converge.multinode.MultiNodeTest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Replicas that come and go, end to end: retirement, join, lost disk, an old backup put back; one
 * after the other on the same nodes. {@code docs/operations.md} has a section for each.
 */
@MultiNodeTest(
    nodes = {"node-1", "node-2", "node-3", "node-4"},
    startedLater = "node-4",
    node = ConvergeTestNode.class,
    config = "test.joiners = [node-4]")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReplicasAcceptanceTest extends Scenario {
  private final Path folder;

  ReplicasAcceptanceTest(MultiNode group, @TempDir(cleanup = CleanupMode.ALWAYS) Path folder) {
    super(group, 3);
    this.folder = folder;
  }

  private JsonNode replicas(int node) {
    return cluster.node(node).http().get("/v1/replicas").expectSuccess().body();
  }

  private static List<String> members(JsonNode replicas) {
    List<String> names = new ArrayList<>();
    replicas.path("members").forEach(member -> names.add(member.path("replica").asText()));
    return names;
  }

  /** These nodes are in an epoch not before this one, whose members have these names. */
  private void awaitMembers(String when, long epoch, List<String> members, int... at) {
    nodes.await(
        when + ": " + members + " are the replicas at " + Arrays.toString(at),
        () ->
            Arrays.stream(at)
                .allMatch(
                    node ->
                        replicas(node).path("epoch").asLong(-1) >= epoch
                            && members(replicas(node)).equals(members)));
  }

  private List<String> before = List.of();
  private long epoch;

  /** All that run know the same set of replicas. */
  private void begin() {
    awaitMembers("at the beginning", 0, members(replicas(1)), 1, 2, 3);
    before = members(replicas(1));
    epoch = replicas(1).path("epoch").asLong();
  }

  private List<String> without(int node) {
    return before.stream().filter(name -> !isOf(name, node)).toList();
  }

  private static boolean isOf(String replica, int node) {
    return replica.equals("node-" + node) || replica.startsWith("node-" + node + "~");
  }

  private String nameOf(int node) {
    return before.stream().filter(name -> isOf(name, node)).findFirst().orElseThrow();
  }

  /** The replicas that there were, with one of them as its next incarnation. */
  private List<String> withNext(int node) {
    String name = "node-" + node;
    return before.stream()
        .map(
            replica ->
                replica.equals(name)
                    ? name + "~2"
                    : replica.startsWith(name + "~")
                        ? name + "~" + (Integer.parseInt(replica.substring(name.length() + 1)) + 1)
                        : replica)
        .toList();
  }

  private void awaitFinal(String when, String id, int... at) {
    nodes.await(
        when + ": the entity " + id + " is final at " + Arrays.toString(at),
        () ->
            Arrays.stream(at)
                .allMatch(
                    node ->
                        cluster
                            .node(node)
                            .http()
                            .get("/v1/entities/counter/" + id)
                            .expectSuccess()
                            .body()
                            .path("final")
                            .asBoolean()));
  }

  private void retire(int by, String... names) {
    nodes.await(
        "node-" + by + " retires " + Arrays.toString(names),
        () ->
            cluster
                    .node(by)
                    .http()
                    .post("/v1/replicas/retire", Map.of("replicas", List.of(names)))
                    .status()
                < 300);
  }

  @Order(6)
  @Test
  void aRetiredReplicaHoldsFinalityBackNoLonger() {
    cluster.start();
    nodes.awaitAnswers("node-4 is there", 4);
    begin();
    nodes.count(4, "r", 1);
    nodes.awaitCounted("before", "r", 1, 1, 2, 3, 4);
    awaitFinal("before", "r", 1, 2, 3, 4);

    cluster.node(4).kill();
    nodes.count(1, "r", 10);
    nodes.awaitCounted("node-4 dead", "r", 11, 1, 2, 3);
    retire(1, nameOf(4));
    awaitMembers("retired", epoch + 1, without(4), 1, 2, 3);
    awaitFinal("retired", "r", 1, 2, 3);
    nodes.count(2, "r", 100);
    awaitFinal("after the retirement", "r", 1, 2, 3);
  }

  @Order(4)
  @Test
  void aReplicaThatWasRetiredAliveComesBackWithAllItHadAcknowledged() {
    begin();
    nodes.count(3, "a", 1);
    nodes.awaitCounted("before", "a", 1, 1, 2, 3);
    nodes.cut(3, 1, 2);
    nodes.awaitUnreachable("cut off", 1, 3);
    assertThat(nodes.count(3, "a", 10)).isEqualTo(11);
    assertThat(nodes.count(3, "only-there", 5)).isEqualTo(5);
    nodes.count(1, "a", 100);
    retire(1, nameOf(3));
    awaitMembers("retired", epoch + 1, without(3), 1, 2);

    nodes.heal();
    awaitMembers("back", epoch + 2, withNext(3), 1, 2, 3);
    nodes.awaitCounted("back", "a", 111, 1, 2, 3);
    nodes.awaitCounted("back", "only-there", 5, 1, 2, 3);
    nodes.count(3, "a", 1_000);
    nodes.awaitCounted("the new incarnation writes", "a", 1_111, 1, 2, 3);
    awaitFinal("the new incarnation writes", "a", 1, 2, 3);
  }

  @Order(5)
  @Test
  void anEmptyReplicaJoinsUnderLoad() throws InterruptedException {
    begin();
    for (int i = 0; i < 50; i++) {
      nodes.count(1 + i % 3, "before-" + i % 10, 1);
    }
    AtomicBoolean ends = new AtomicBoolean();
    long[] written = {0, 0, 0};
    List<Thread> writers =
        IntStream.rangeClosed(1, 3)
            .mapToObj(
                node ->
                    new Thread(
                        () -> {
                          while (!ends.get()) {
                            nodes.count(node, "load", 1);
                            written[node - 1]++;
                          }
                        }))
            .toList();
    writers.forEach(Thread::start);
    cluster.node(4).start();
    nodes.awaitAnswers("the fourth", 4);
    List<String> joined = new ArrayList<>(before);
    joined.add("node-4");
    awaitMembers("joined", epoch + 1, joined, 1, 2, 3, 4);
    nodes.count(4, "load", 1);
    ends.set(true);
    for (Thread writer : writers) {
      writer.join();
    }
    nodes.awaitCounted(
        "after the load", "load", written[0] + written[1] + written[2] + 1, 1, 2, 3, 4);
    for (int i = 0; i < 10; i++) {
      nodes.awaitCounted("after the join", "before-" + i, 5, 4);
    }
    awaitFinal("after the join", "load", 1, 2, 3, 4);
    nodes.await("node-1 sees whom its configuration does not name", () -> sees(1, "node-4"));
  }

  private boolean sees(int node, String name) {
    for (JsonNode member : new Http(cluster.node(node)).get("/v1/cluster").body().get("members")) {
      if (member.get("replica").asText().equals(name)) {
        return member.get("reachable").asBoolean();
      }
    }
    return false;
  }

  @Order(3)
  @Test
  void anEmptyDiskIsANewIncarnationThatGetsEverything() {
    begin();
    nodes.count(2, "l", 1);
    nodes.count(1, "l", 10);
    nodes.awaitCounted("before", "l", 11, 1, 2, 3);
    cluster.node(2).kill();
    cluster.node(2).loseDisk();
    nodes.count(1, "l", 100);
    cluster.node(2).start();
    nodes.awaitAnswers("with an empty disk", 2);
    awaitMembers("with an empty disk", epoch + 1, withNext(2), 1, 2, 3);
    nodes.awaitCounted("with an empty disk", "l", 111, 1, 2, 3);
    nodes.count(2, "l", 1_000);
    nodes.awaitCounted("the new incarnation writes", "l", 1_111, 1, 2, 3);
    awaitFinal("the new incarnation writes", "l", 1, 2, 3);
  }

  @Order(1)
  @Test
  void anOldBackupIsCompletedByThePeersBeforeItWrites() {
    begin();
    Path backup = folder.resolve("found");
    nodes.count(2, "o", 1);
    nodes.awaitCounted("before", "o", 1, 1, 2, 3);
    cluster.node(2).terminate();
    cluster.node(2).backUp(backup);
    cluster.node(2).start();
    nodes.awaitAnswers("after the backup", 2);
    nodes.count(2, "o", 10);
    nodes.count(2, "o", 100);
    nodes.awaitCounted("after the backup", "o", 111, 1, 2, 3);

    cluster.node(2).kill();
    cluster.node(2).restoreFrom(backup);
    cluster.node(2).start();
    nodes.awaitAnswers("the old backup", 2);
    nodes.awaitCounted("the old backup is completed", "o", 111, 2);
    nodes.count(2, "o", 1_000);
    nodes.awaitCounted("the old backup", "o", 1_111, 1, 2, 3);
    awaitFinal("the old backup", "o", 1, 2, 3);
    awaitMembers("the old backup", 0, before, 1, 2, 3);
  }

  @Order(2)
  @Test
  void anOldBackupThatIsSaidToBeOneIsANewIncarnation() {
    begin();
    Path backup = folder.resolve("told");
    nodes.count(2, "b", 1);
    nodes.awaitCounted("before", "b", 1, 1, 2, 3);
    cluster.node(2).terminate();
    cluster.node(2).backUp(backup);
    cluster.node(2).start();
    nodes.awaitAnswers("after the backup", 2);
    nodes.count(2, "b", 10);
    nodes.awaitCounted("after the backup", "b", 11, 1, 2, 3);

    cluster.node(2).kill();
    cluster.node(2).restoreFrom(backup);
    cluster.node(2).start();
    nodes.awaitAnswers("restored", 2);
    nodes.await(
        "restored: node-2 is told so",
        () -> cluster.node(2).http().post("/v1/replicas/restore", Map.of()).status() < 300);
    awaitMembers("restored", epoch + 1, withNext(2), 1, 2, 3);
    nodes.awaitCounted("restored", "b", 11, 1, 2, 3);
    nodes.count(2, "b", 100);
    nodes.awaitCounted("the new incarnation writes", "b", 111, 1, 2, 3);
  }
}
