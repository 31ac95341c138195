package dev.converge.multinode.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.multinode.MultiNode;
import dev.converge.multinode.MultiNodeTest;
import org.junit.jupiter.api.Test;

/**
 * A split of weeks, in seconds: the times after which remoting gives up on a peer are short, one
 * side drops the other, and both end up in quarantine, which an actor system never leaves. The
 * nodes meet again by themselves.
 */
@MultiNodeTest(
    nodes = {"node-1", "node-2", "node-3"},
    node = ConvergeTestNode.class,
    config = LongSplitAcceptanceTest.SHORT_TIMES)
class LongSplitAcceptanceTest extends Scenario {
  static final String SHORT_TIMES =
      """
      pekko.remote.artery.advanced.give-up-system-message-after = 4s
      pekko.remote.artery.advanced.stop-idle-outbound-after = 2s
      pekko.remote.artery.advanced.quarantine-idle-outbound-after = 4s
      pekko.cluster.prune-gossip-tombstones-after = 5s
      """;

  LongSplitAcceptanceTest(MultiNode group) {
    super(group);
  }

  @Test
  void quarantinedPeersMeetAgainByThemselvesAndConverge() {
    nodes.count(1, "q", 1);
    nodes.awaitCounted("at the beginning", "q", 1, 1, 2, 3);

    nodes.cut(3, 1, 2);
    nodes.awaitUnreachable("cut off", 1, 3);
    nodes.remove(1, 3);
    nodes.awaitOneCluster("without node-3", 1, 2);
    for (int i = 0; i < 50; i++) {
      nodes.count(1 + i % 3, "q", 10);
      nodes.count(1 + i % 3, "q-" + i, 1);
    }
    assertThat(nodes.counted(3, "q")).as("the cut holds").isLessThan(501);

    nodes.heal();
    nodes.await(
        "healed: a quarantine has happened",
        () ->
            cluster.nodes().stream()
                .anyMatch(
                    node ->
                        node.output(Integer.MAX_VALUE).stream()
                            .anyMatch(line -> line.contains("quarantined"))));
    nodes.awaitOneCluster("healed", 1, 2, 3);
    nodes.awaitCounted("healed", "q", 501, 1, 2, 3);
    for (int i = 0; i < 50; i++) {
      nodes.awaitCounted("healed", "q-" + i, 1, 1, 2, 3);
    }
  }
}
