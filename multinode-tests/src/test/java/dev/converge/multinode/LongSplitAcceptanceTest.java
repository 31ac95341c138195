package dev.converge.multinode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A split of weeks, in seconds: the times after which remoting gives up on a peer are short, one
 * side drops the other, and both end up in quarantine, which an actor system never leaves. The
 * nodes meet again by themselves.
 */
class LongSplitAcceptanceTest {
  private static final String SHORT_TIMES =
      """
      pekko.remote.artery.advanced.give-up-system-message-after = 4s
      pekko.remote.artery.advanced.stop-idle-outbound-after = 2s
      pekko.remote.artery.advanced.quarantine-idle-outbound-after = 4s
      pekko.cluster.prune-gossip-tombstones-after = 5s
      """;

  @TempDir(cleanup = CleanupMode.ALWAYS)
  private Path folder;

  @Test
  void quarantinedPeersMeetAgainByThemselvesAndConverge() {
    try (ProcessCluster cluster = ConvergeNodes.of(3, 0, folder, SHORT_TIMES)) {
      Nodes nodes = new Nodes(cluster);
      cluster.start();
      nodes.awaitOneCluster("at the beginning", 1, 2, 3);
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
      System.out.println(nodes.timings());
    }
  }
}
