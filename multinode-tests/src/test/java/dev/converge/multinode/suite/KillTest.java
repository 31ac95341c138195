package dev.converge.multinode.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.multinode.MultiNode;
import dev.converge.multinode.MultiNodeTest;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A node alone is killed at random moments under load, as by {@code kill -9}, and started again, so
 * that no other node can give back what it has lost. {@code -Dconverge.kills=100} for more of them,
 * {@code -Dconverge.seed=N} for others.
 */
@MultiNodeTest(nodes = "node-1", node = ConvergeTestNode.class)
class KillTest extends Scenario {
  static final int KILLS = Integer.getInteger("converge.kills", 3);
  static final long SEED = Long.getLong("converge.seed", 1L);

  KillTest(MultiNode group) {
    super(group);
  }

  @Test
  void aNodeAloneKeepsWhatItHasAcknowledgedThroughEveryKill() throws InterruptedException {
    Random random = new Random(SEED);
    long acknowledged = 0;
    for (int kill = 1; kill <= KILLS; kill++) {
      KillLoad load = new KillLoad(cluster, "alone-" + kill, 1 + random.nextInt(400));
      load.start();
      load.awaitEnough();
      cluster.node(1).kill();
      load.stop();
      cluster.start();
      nodes.awaitAnswers("after kill " + kill, 1);
      assertThat(load.problems(1, Set.of("node-1"))).as("kill %d of seed %d", kill, SEED).isEmpty();
      acknowledged += load.acknowledged();
    }
    System.out.println("one node: " + KILLS + " kills, " + acknowledged + " acknowledged");
  }
}
