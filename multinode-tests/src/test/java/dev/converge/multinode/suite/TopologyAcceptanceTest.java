package dev.converge.multinode.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.multinode.MultiNode;
import org.junit.jupiter.api.Test;

/**
 * The topology, end to end: whatever is killed, cut off and restarted, every node that runs takes
 * writes, and in the end they are one cluster again by themselves with nothing lost. Speaks HTTP
 * only.
 */
@ThreeNodes
class TopologyAcceptanceTest extends Scenario {
  TopologyAcceptanceTest(MultiNode group) {
    super(group);
  }

  @Test
  void aNodeRestartsIntoTheClusterWhileAnotherStaysDead() {
    nodes.increment(1, "a", 1);
    nodes.increment(2, "a", 10);
    nodes.increment(3, "a", 100);
    nodes.awaitValue("at the beginning", "a", 111, 1, 2, 3);

    cluster.node(2).kill();
    cluster.node(3).kill();
    cluster.node(2).start();
    nodes.awaitOneCluster("with node-3 dead, node-2 restarted", 1, 2);
    nodes.awaitValue("node-2 learns what it had lost", "a", 111, 2);
    nodes.count(2, "a", 1_000);
    nodes.awaitCounted("from node-2, with node-3 dead", "a", 1_000, 1, 2);
    nodes.increment(2, "a", 1_000);
    nodes.awaitValue("from node-2", "a", 1_111, 1);
    nodes.increment(1, "a", 10_000);
    nodes.awaitValue("to node-2", "a", 11_111, 2);

    cluster.node(3).start();
    nodes.awaitOneCluster("node-3 is back", 1, 2, 3);
    nodes.awaitValue("node-3 is back", "a", 11_111, 1, 2, 3);
    nodes.awaitCounted("node-3 is back", "a", 1_000, 1, 2, 3);
  }

  @Test
  void aNodeThatIsCutOffAndRestartedServesAndItsWritesSurviveTheMerge() {
    cutOffRestartAndHeal("b", 3, 1, 2);
  }

  @Test
  void soItIsWithTheFirstNode() {
    cutOffRestartAndHeal("c", 1, 2, 3);
  }

  private void cutOffRestartAndHeal(String key, int lone, int other, int third) {
    nodes.increment(other, key, 1);
    nodes.count(lone, key, 1);
    nodes.awaitValue("before the cut", key, 1, lone, other, third);
    nodes.awaitCounted("before the cut", key, 1, lone, other, third);
    String before = nodes.clusterId(other);

    nodes.cut(lone, other, third);
    cluster.node(lone).kill();
    cluster.node(lone).start();
    nodes.awaitAnswers("restarted in the cut", lone);
    assertThat(nodes.count(lone, key, 10)).as("the journal is there").isEqualTo(11);
    assertThat(nodes.increment(lone, key, 10)).as("the store is there").isEqualTo(11);
    nodes.awaitIsland("restarted in the cut", lone);
    assertThat(nodes.increment(lone, key, 100)).isEqualTo(111);
    nodes.count(lone, key, 100);
    nodes.count(third, key, 1_000);
    nodes.increment(third, key, 1_000);
    nodes.awaitValue("on the other side", key, 1_001, other, third);
    assertThat(nodes.value(lone, key)).as("the cut holds").isEqualTo(111);

    nodes.heal();
    nodes.awaitOneCluster("after the heal", 1, 2, 3);
    assertThat(nodes.clusterId(lone)).as("the greater cluster stays").isEqualTo(before);
    nodes.awaitValue("after the heal", key, 1_111, 1, 2, 3);
    nodes.awaitCounted("after the heal", key, 1_111, 1, 2, 3);
    nodes.increment(lone, key, 10_000);
    nodes.awaitValue("after the merge", key, 11_111, 1, 2, 3);
  }

  @Test
  void aNodeThatWasRemovedDuringACutComesBackByItself() {
    nodes.increment(2, "d", 1);
    nodes.awaitValue("before the cut", "d", 1, 1, 2, 3);
    nodes.cut(3, 1, 2);
    nodes.remove(1, 3);
    nodes.increment(3, "d", 10);
    nodes.awaitOneCluster("without node-3", 1, 2);
    nodes.increment(1, "d", 100);
    nodes.awaitValue("without node-3", "d", 101, 1, 2);

    nodes.heal();
    nodes.awaitOneCluster("after the heal", 1, 2, 3);
    nodes.awaitValue("after the heal", "d", 111, 1, 2, 3);
  }

  @Test
  void aNodeThatIsRemovedAliveComesBackByItself() {
    nodes.increment(2, "g", 1);
    nodes.awaitValue("before the removal", "g", 1, 1, 2, 3);
    nodes.increment(3, "g", 10);
    nodes.remove(1, 3);
    nodes.await("removed: node-1 has dropped node-3", () -> !nodes.knows(1, 3));
    nodes.increment(2, "g", 100);
    nodes.awaitOneCluster("removed alive", 1, 2, 3);
    nodes.awaitValue("removed alive", "g", 111, 1, 2, 3);
  }

  @Test
  void aCutWithoutRestartsHealsWithoutAMerge() {
    nodes.increment(3, "e", 1);
    nodes.awaitValue("before the cut", "e", 1, 1, 2, 3);
    nodes.cut(3, 1, 2);
    nodes.awaitUnreachable("cut off", 1, 3);
    nodes.awaitUnreachable("cut off", 3, 1);
    nodes.increment(3, "e", 10);
    nodes.increment(1, "e", 100);
    nodes.awaitValue("on the other side", "e", 101, 1, 2);
    assertThat(nodes.value(3, "e")).as("the cut holds").isEqualTo(11);
    nodes.heal();
    nodes.awaitOneCluster("after the heal", 1, 2, 3);
    nodes.awaitValue("after the heal", "e", 111, 1, 2, 3);
  }

  @Test
  void aNodeThatStoodStillForAWhileGoesOnAsAMember() {
    nodes.increment(3, "f", 1);
    nodes.awaitValue("before the pause", "f", 1, 1, 2, 3);
    cluster.node(3).pause();
    nodes.awaitUnreachable("paused", 1, 3);
    nodes.increment(1, "f", 10);
    cluster.node(3).resume();
    nodes.awaitOneCluster("resumed", 1, 2, 3);
    nodes.awaitValue("resumed", "f", 11, 1, 2, 3);
  }
}
