package dev.converge.multinode.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.multinode.MultiNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Nodes that crash, and nodes that are restarted on purpose. {@code -Dconverge.orders=6} for all
 * orders of a cold start.
 */
@ThreeNodes
class CrashTest extends Scenario {
  private static final int ORDERS = Integer.getInteger("converge.orders", 2);

  CrashTest(MultiNode group) {
    super(group);
  }

  @Test
  void withTwoOfThreeCrashedTheThirdWritesOnAndAllMeetAgain() {
    for (int node : all) {
      nodes.count(node, "two-down", 1);
      nodes.increment(node, "two-down", 1);
    }
    nodes.awaitCounted("before", "two-down", 3, all);
    nodes.awaitValue("before", "two-down", 3, all);
    cluster.node(1).kill();
    cluster.node(2).kill();
    assertThat(nodes.count(3, "two-down", 10)).isEqualTo(13);
    assertThat(nodes.increment(3, "two-down", 10)).isEqualTo(13);
    cluster.node(1).start();
    nodes.awaitCounted("the first is back", "two-down", 13, 1, 3);
    nodes.awaitValue("the first is back", "two-down", 13, 1, 3);
    nodes.count(1, "two-down", 100);
    cluster.node(2).start();
    nodes.awaitCounted("both are back", "two-down", 113, all);
    nodes.awaitValue("both are back", "two-down", 13, all);
    awaitSame("both are back", "counter/two-down", 5, all);
    nodes.awaitOneCluster("both are back", all);
  }

  @Test
  void allCrashAndStartInAnyOrderToOneClusterWithAllData() {
    List<int[]> orders =
        List.of(
            new int[] {3, 2, 1},
            new int[] {2, 1, 3},
            new int[] {1, 2, 3},
            new int[] {1, 3, 2},
            new int[] {2, 3, 1},
            new int[] {3, 1, 2});
    long value = 0;
    for (int[] order : orders.subList(0, ORDERS)) {
      String when = "started as " + order[0] + ", " + order[1] + ", " + order[2];
      for (int node : all) {
        cluster.node(node).kill();
      }
      for (int node : order) {
        cluster.node(node).start();
        nodes.count(node, "cold", 1);
        value++;
      }
      nodes.awaitOneCluster(when, all);
      nodes.awaitCounted(when, "cold", value, all);
    }
    awaitSame("after all orders", "counter/cold", (int) value, all);
  }

  @Test
  void aRollingRestartUnderLoadLosesNothing() throws InterruptedException {
    nodes.increment(1, "rolling", 1);
    nodes.awaitValue("before", "rolling", 1, all);
    KillLoad load = new KillLoad(cluster, "rolling", 1, 100);
    load.start();
    load.awaitEnough();
    for (int node : all) {
      cluster.node(node).terminate();
      cluster.node(node).start();
      nodes.awaitAnswers("restarted", node);
      // Whoever restarts nodes one after the other waits for each to be back.
      nodes.awaitOneCluster("restarted", all);
      nodes.increment(node, "rolling", 1);
    }
    load.stop();
    Set<String> names = new TreeSet<>(group.names());
    nodes.await(
        "all acknowledged is everywhere, once",
        () -> {
          for (int node : all) {
            if (!load.problems(node, names).isEmpty()) {
              return false;
            }
          }
          return load.isEverywhereTheSame();
        });
    nodes.awaitValue("after it", "rolling", 4, all);
  }

  @Test
  void theMiddleNodeIsRestartedInsideAPartitionAndConvergesAfterwards() {
    command(2, "cart/inside", Map.of("command", "add", "item", "before", "quantity", 1));
    awaitSame("before", "cart/inside", 1, all);
    nodes.cut(2, 1, 3);
    command(2, "cart/inside", Map.of("command", "add", "item", "cut", "quantity", 2));
    command(1, "cart/inside", Map.of("command", "remove", "item", "before"));
    cluster.node(2).kill();
    cluster.node(2).start();
    nodes.awaitAnswers("restarted in the cut", 2);
    assertThat(entity(2, "cart/inside").at("/state/items").size()).isEqualTo(2);
    command(2, "cart/inside", Map.of("command", "add", "item", "restarted", "quantity", 3));
    assertThat(entity(1, "cart/inside").at("/state/items").size()).isZero();
    nodes.heal();
    awaitSame("healed", "cart/inside", 4, all);
    assertThat(entity(3, "cart/inside").at("/state/items").toString())
        .isEqualTo("{\"cut\":2,\"restarted\":3}");
    nodes.awaitOneCluster("healed", all);
  }
}
