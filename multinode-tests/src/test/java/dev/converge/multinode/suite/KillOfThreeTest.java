package dev.converge.multinode.suite;

import dev.converge.multinode.MultiNode;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * One of three nodes is killed at random moments under load, as by {@code kill -9}, and started
 * again: every acknowledged command is everywhere, none twice. Options as of {@link KillTest}.
 */
@ThreeNodes
class KillOfThreeTest extends Scenario {
  KillOfThreeTest(MultiNode group) {
    super(group);
  }

  @Test
  void threeNodesUnderLoadAgreeAfterEveryKill() throws InterruptedException {
    Random random = new Random(KillTest.SEED);
    Set<String> names = new TreeSet<>(group.names());
    long acknowledged = 0;
    for (int kill = 1; kill <= KillTest.KILLS; kill++) {
      int killed = 1 + random.nextInt(3);
      KillLoad load = new KillLoad(cluster, "three-" + kill, 1 + random.nextInt(600));
      load.start();
      load.awaitEnough();
      cluster.node(killed).kill();
      load.stop();
      cluster.start();
      String when = "after kill " + kill + " of seed " + KillTest.SEED;
      nodes.awaitAnswers(when, killed);
      nodes.await(
          when + ": all have all",
          () -> {
            for (int node : all) {
              if (!load.problems(node, names).isEmpty()) {
                return false;
              }
            }
            return load.isEverywhereTheSame();
          });
      acknowledged += load.acknowledged();
    }
    System.out.println(
        "three nodes: " + KillTest.KILLS + " kills, " + acknowledged + " acknowledged");
  }
}
