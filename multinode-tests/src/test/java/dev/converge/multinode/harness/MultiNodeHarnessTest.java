package dev.converge.multinode.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.multinode.MultiNode;
import dev.converge.multinode.MultiNodeTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the harness can do, on three actor systems. */
@MultiNodeTest(
    nodes = {"a", "b", "c"},
    proxies = true)
class MultiNodeHarnessTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static int letters;

  private final MultiNode nodes;

  MultiNodeHarnessTest(MultiNode nodes) {
    this.nodes = nodes;
  }

  @BeforeEach
  void openPosts() {
    nodes.runOnAll(Post::open);
  }

  private String letter() {
    return "letter " + ++letters;
  }

  private void send(String from, String to, String letter) {
    nodes.runOn(from, node -> Post.send(node, to, letter));
  }

  private boolean hasCome(String to, String letter) {
    return nodes.callOn(to, node -> Post.came()).contains(letter);
  }

  private long processOf(String name) {
    return nodes.callOn(name, node -> ProcessHandle.current().pid());
  }

  private void awaitLetter(String from, String to) {
    // Again and again: what is sent while a connection is made anew may be lost.
    String letter = letter();
    nodes.await(
        letter + " of " + from + " has come to " + to,
        LIMIT,
        () -> {
          send(from, to, letter);
          return hasCome(to, letter);
        });
  }

  @Test
  void eachNodeHasAJvmOfItsOwnAndTheConductorIsNoMember() {
    Set<Long> processes = new HashSet<>(Set.of(ProcessHandle.current().pid()));
    for (String name : nodes.names()) {
      processes.add(processOf(name));
    }
    assertThat(processes).hasSize(4);
    long children =
        ProcessHandle.current()
            .children()
            .filter(child -> child.info().commandLine().orElse("").contains("multinode"))
            .count();
    assertThat(children).as("three nodes and a conductor").isEqualTo(4);

    nodes.runOnAll(node -> Cluster.get(node.system()).join(node.address("a")));
    for (String name : nodes.names()) {
      nodes.await(
          name + " sees three members",
          LIMIT,
          () -> {
            ArrayList<String> up =
                nodes.callOn(
                    name,
                    node -> {
                      ArrayList<String> members = new ArrayList<>();
                      for (Member member : Cluster.get(node.system()).state().getMembers()) {
                        if (member.status().equals(MemberStatus.up())) {
                          members.add(member.address().toString());
                        }
                      }
                      return members;
                    });
            return up.size() == 3;
          });
    }
  }

  @Test
  void nobodyPassesABarrierBeforeAllAreThere() {
    String path = nodes.layout().output().toString();
    nodes.runOnAll(
        node -> {
          Files.writeString(Path.of(path, node.name() + " is here"), "");
          node.barrier("all here");
          for (String name : node.names()) {
            assertThat(Path.of(path, name + " is here")).exists();
          }
          node.barrier("all have looked");
        });
  }

  @Test
  void whoHasNothingToDoHoldsNobodyUpAtABarrier() {
    nodes.runOn(List.of("a", "b"), node -> node.barrier("two of three"));
    nodes.runOn("c", node -> node.barrier("alone"));
    nodes.runOnAll(node -> node.barrier("all again"));
  }

  @Test
  void aCutLinkLosesWhatIsSentAndTheOthersDoNot() {
    awaitLetter("a", "c");
    nodes.cut("a", "c");
    String lost = letter();
    send("a", "c", lost);
    send("c", "a", lost);
    awaitLetter("a", "b");
    awaitLetter("b", "c");
    awaitLetter("c", "b");
    assertThat(hasCome("c", lost)).isFalse();
    assertThat(hasCome("a", lost)).isFalse();
    nodes.heal("a", "c");
    awaitLetter("a", "c");
    awaitLetter("c", "a");
    assertThat(hasCome("c", lost)).as("lost, not late").isFalse();
  }

  @Test
  void aLinkCanBeCutInOneDirection() {
    awaitLetter("b", "a");
    nodes.cutOneWay("a", "b");
    String lost = letter();
    send("a", "b", lost);
    awaitLetter("b", "a");
    awaitLetter("c", "b");
    assertThat(hasCome("b", lost)).isFalse();
    nodes.heal();
    awaitLetter("a", "b");
  }

  @Test
  void aCutHoldsWhileANodeIsRestarted() {
    nodes.cut(List.of("c"), List.of("a", "b"));
    nodes.restart("c");
    openPosts();
    String lost = letter();
    send("c", "a", lost);
    send("a", "c", lost);
    awaitLetter("a", "b");
    assertThat(hasCome("a", lost)).isFalse();
    assertThat(hasCome("c", lost)).isFalse();
    nodes.heal();
    awaitLetter("c", "a");
    awaitLetter("a", "c");
  }

  @Test
  void aSlowLinkIsSlowAndTheOthersAreNot() {
    awaitLetter("a", "b");
    awaitLetter("c", "b");
    nodes.slow("a", "b", LIMIT.multipliedBy(100));
    String late = letter();
    send("a", "b", late);
    awaitLetter("c", "b");
    assertThat(hasCome("b", late)).as("on its way for an hour").isFalse();
    nodes.slow("a", "b", Duration.ZERO);
    nodes.await("what was on its way comes", LIMIT, () -> hasCome("b", late));
  }

  @Test
  void aKilledNodeComesBackOnItsFolderAndPortsAsAnotherProcess() {
    long before = processOf("b");
    int life = nodes.callOn("b", node -> node.life());
    nodes.runOn("b", node -> Files.writeString(node.dataFolder().resolve("kept"), "kept"));
    nodes.kill("b");
    assertThat(nodes.isRunning("b")).isFalse();
    assertThatThrownBy(() -> nodes.runOn("b", node -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("b does not run");
    nodes.start("b");
    openPosts();
    String kept = nodes.callOn("b", node -> Files.readString(node.dataFolder().resolve("kept")));
    assertThat(kept).isEqualTo("kept");
    assertThat(processOf("b")).isNotEqualTo(before);
    int next = nodes.callOn("b", node -> node.life());
    assertThat(next).isEqualTo(life + 1);
    awaitLetter("a", "b");
    nodes.runOnAll(node -> node.barrier("with the new one"));
  }

  @Test
  void aPausedNodeAnswersNothingAndThenGoesOn() {
    awaitLetter("a", "c");
    nodes.pause("c");
    String late = letter();
    send("a", "c", late);
    nodes.resume("c");
    nodes.await("what came during the pause is there", LIMIT, () -> hasCome("c", late));
  }

  @Test
  void aClockIsOffForOneNodeAndForItsNextLife() {
    Duration offset = Duration.ofHours(-7);
    nodes.setClock("a", offset);
    assertThat(hoursOff("a")).isEqualTo(-7);
    assertThat(hoursOff("b")).isZero();
    nodes.restart("a");
    assertThat(hoursOff("a")).isEqualTo(-7);
  }

  private long hoursOff(String name) {
    long millis = nodes.callOn(name, node -> node.clock().getAsLong() - System.currentTimeMillis());
    return Math.round(millis / 3_600_000.0);
  }

  @Test
  void whatATaskCannotTakeAlongIsSaidClearly() {
    Object notSerializable = new Object();
    assertThatThrownBy(() -> nodes.runOn("a", node -> System.out.println(notSerializable)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("serializable")
        .hasMessageContaining("java.lang.Object");
  }

  @Test
  void whatANodePrintsIsInTheFileOfItsTest() {
    nodes.runOn(
        Collections.singleton("b"), node -> System.out.println("printed for the file of a test"));
    nodes.await(
        "the line is in the file",
        LIMIT,
        () -> {
          try (var files = Files.list(nodes.layout().output())) {
            Path file =
                files
                    .filter(f -> f.toString().contains("whatANodePrintsIsInTheFileOfItsTest"))
                    .findFirst()
                    .orElseThrow();
            return Files.readString(file).contains("[b] printed for the file of a test");
          }
        });
  }
}
