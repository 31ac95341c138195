package dev.converge.multinode.suite;

import dev.converge.multinode.MultiNode;
import org.junit.jupiter.api.Test;

/** One of three nodes is killed under load; see {@link Kills} for options. */
@ThreeNodes
class KillOfThreeTest extends Scenario {
  KillOfThreeTest(MultiNode group) {
    super(group);
  }

  @Test
  void threeNodesUnderLoadAgreeAfterEveryKill() throws InterruptedException {
    new Kills("three nodes, H2", cluster, nodes).ofOneOfAll();
  }
}
