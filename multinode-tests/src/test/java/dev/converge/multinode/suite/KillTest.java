package dev.converge.multinode.suite;

import dev.converge.multinode.MultiNode;
import dev.converge.multinode.MultiNodeTest;
import org.junit.jupiter.api.Test;

/** A node alone is killed under load; see {@link Kills} for options. */
@MultiNodeTest(nodes = "node-1", node = ConvergeTestNode.class)
class KillTest extends Scenario {
  KillTest(MultiNode group) {
    super(group);
  }

  @Test
  void aNodeAloneKeepsWhatItHasAcknowledgedThroughEveryKill() throws InterruptedException {
    new Kills("one node, H2", cluster, nodes).ofOneAlone();
  }
}
