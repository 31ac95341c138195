package dev.converge.multinode;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Replicas that come and go, end to end: retirement, join, lost disk, an old backup put back. Each
 * test has real nodes of its own, and speaks HTTP only. {@code docs/operations.md} has a section
 * for each.
 */
class ReplicasAcceptanceTest {
  @TempDir(cleanup = CleanupMode.ALWAYS)
  private Path folder;

  private ProcessCluster cluster = ProcessCluster.of(0, Path.of("."), "", config -> List.of());
  private Nodes nodes = new Nodes(cluster);

  private void start(int size, int joiners) {
    cluster = ConvergeNodes.of(size, joiners, folder, "");
    nodes = new Nodes(cluster);
    for (int node = 1; node <= size; node++) {
      cluster.node(node).start();
    }
    int[] all = java.util.stream.IntStream.rangeClosed(1, size).toArray();
    for (int node : all) {
      nodes.awaitAnswers("at the beginning", node);
    }
    awaitMembers("at the beginning", 0, names(size), all);
  }

  @AfterEach
  void stop(TestInfo test) {
    System.out.println(test.getDisplayName() + "\n" + nodes.timings());
    cluster.close();
  }

  private static List<String> names(int size) {
    return java.util.stream.IntStream.rangeClosed(1, size).mapToObj(i -> "node-" + i).toList();
  }

  private JsonNode replicas(int node) {
    return cluster.node(node).http().get("/v1/replicas").expectSuccess().body();
  }

  private static List<String> members(JsonNode replicas) {
    List<String> names = new java.util.ArrayList<>();
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

  @Test
  void aRetiredReplicaHoldsFinalityBackNoLonger() {
    start(3, 0);
    nodes.count(3, "r", 1);
    nodes.awaitCounted("before", "r", 1, 1, 2, 3);
    awaitFinal("before", "r", 1, 2, 3);

    cluster.node(3).kill();
    nodes.count(1, "r", 10);
    nodes.awaitCounted("node-3 dead", "r", 11, 1, 2);
    retire(1, "node-3");
    awaitMembers("retired", 1, names(2), 1, 2);
    awaitFinal("retired", "r", 1, 2);
    nodes.count(2, "r", 100);
    awaitFinal("after the retirement", "r", 1, 2);
  }

  @Test
  void aReplicaThatWasRetiredAliveComesBackWithAllItHadAcknowledged() {
    start(3, 0);
    nodes.count(3, "a", 1);
    nodes.awaitCounted("before", "a", 1, 1, 2, 3);
    nodes.cut(3, 1, 2);
    nodes.awaitUnreachable("cut off", 1, 3);
    assertThat(nodes.count(3, "a", 10)).isEqualTo(11);
    assertThat(nodes.count(3, "only-there", 5)).isEqualTo(5);
    nodes.count(1, "a", 100);
    retire(1, "node-3");
    awaitMembers("retired", 1, names(2), 1, 2);

    nodes.heal();
    awaitMembers("back", 2, List.of("node-1", "node-2", "node-3~2"), 1, 2, 3);
    nodes.awaitCounted("back", "a", 111, 1, 2, 3);
    nodes.awaitCounted("back", "only-there", 5, 1, 2, 3);
    nodes.count(3, "a", 1_000);
    nodes.awaitCounted("the new incarnation writes", "a", 1_111, 1, 2, 3);
    awaitFinal("the new incarnation writes", "a", 1, 2, 3);
  }

  @Test
  void anEmptyReplicaJoinsUnderLoad() throws InterruptedException {
    start(3, 1);
    for (int i = 0; i < 50; i++) {
      nodes.count(1 + i % 3, "before-" + i % 10, 1);
    }
    AtomicBoolean ends = new AtomicBoolean();
    long[] written = {0, 0, 0};
    List<Thread> writers =
        java.util.stream.IntStream.rangeClosed(1, 3)
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
    awaitMembers("joined", 1, names(4), 1, 2, 3, 4);
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
  }

  @Test
  void anEmptyDiskIsANewIncarnationThatGetsEverything() {
    start(3, 0);
    nodes.count(2, "l", 1);
    nodes.count(1, "l", 10);
    nodes.awaitCounted("before", "l", 11, 1, 2, 3);
    cluster.node(2).kill();
    cluster.node(2).loseDisk();
    nodes.count(1, "l", 100);
    cluster.node(2).start();
    nodes.awaitAnswers("with an empty disk", 2);
    awaitMembers("with an empty disk", 1, List.of("node-1", "node-2~2", "node-3"), 1, 2, 3);
    nodes.awaitCounted("with an empty disk", "l", 111, 1, 2, 3);
    nodes.count(2, "l", 1_000);
    nodes.awaitCounted("the new incarnation writes", "l", 1_111, 1, 2, 3);
    awaitFinal("the new incarnation writes", "l", 1, 2, 3);
  }

  @Test
  void anOldBackupIsCompletedByThePeersBeforeItWrites() {
    start(3, 0);
    nodes.count(2, "o", 1);
    nodes.awaitCounted("before", "o", 1, 1, 2, 3);
    cluster.node(2).terminate();
    cluster.node(2).backUp(folder.resolve("backup"));
    cluster.node(2).start();
    nodes.awaitAnswers("after the backup", 2);
    nodes.count(2, "o", 10);
    nodes.count(2, "o", 100);
    nodes.awaitCounted("after the backup", "o", 111, 1, 2, 3);

    cluster.node(2).kill();
    cluster.node(2).restoreFrom(folder.resolve("backup"));
    cluster.node(2).start();
    nodes.awaitAnswers("the old backup", 2);
    nodes.awaitCounted("the old backup is completed", "o", 111, 2);
    nodes.count(2, "o", 1_000);
    nodes.awaitCounted("the old backup", "o", 1_111, 1, 2, 3);
    awaitFinal("the old backup", "o", 1, 2, 3);
    awaitMembers("the old backup", 0, names(3), 1, 2, 3);
  }

  @Test
  void anOldBackupThatIsSaidToBeOneIsANewIncarnation() throws IOException {
    start(3, 0);
    nodes.count(2, "b", 1);
    nodes.awaitCounted("before", "b", 1, 1, 2, 3);
    cluster.node(2).terminate();
    cluster.node(2).backUp(folder.resolve("backup"));
    cluster.node(2).start();
    nodes.awaitAnswers("after the backup", 2);
    nodes.count(2, "b", 10);
    nodes.awaitCounted("after the backup", "b", 11, 1, 2, 3);

    cluster.node(2).kill();
    cluster.node(2).restoreFrom(folder.resolve("backup"));
    assertThat(Files.isDirectory(cluster.node(2).config().dataDir())).isTrue();
    cluster.node(2).start();
    nodes.awaitAnswers("restored", 2);
    nodes.await(
        "restored: node-2 is told so",
        () -> cluster.node(2).http().post("/v1/replicas/restore", Map.of()).status() < 300);
    awaitMembers("restored", 1, List.of("node-1", "node-2~2", "node-3"), 1, 2, 3);
    nodes.awaitCounted("restored", "b", 11, 1, 2, 3);
    nodes.count(2, "b", 100);
    nodes.awaitCounted("the new incarnation writes", "b", 111, 1, 2, 3);
  }
}
