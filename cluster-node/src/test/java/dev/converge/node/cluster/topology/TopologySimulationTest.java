package dev.converge.node.cluster.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Whatever happened before, one cluster comes of it, and then it rests. */
class TopologySimulationTest {
  private static final long SEEDS = Long.getLong("converge.seeds", 400);
  private static final long CHAOS = 120_000;
  private static final long LONGEST = 600_000;
  private static final long SETTLED = 10_000;
  private static final long REST = 60_000;

  /**
   * Three thousand more with {@code -Dconverge.seeds=3000}. Replay one run with {@code
   * -Dconverge.seed=N}; its history is in the failure's text.
   */
  @Test
  void afterAnyPartitionsAndRestartsAllNodesEndInOneClusterAndStayThere() {
    Long one = Long.getLong("converge.seed");
    long slowest = 0;
    int merges = 0;
    for (long seed : one == null ? LongStream.range(0, SEEDS).toArray() : new long[] {one}) {
      SimulatedNetwork network = new SimulatedNetwork(seed);
      network.live(CHAOS, true);
      boolean allRun = network.nodes.size() == 2 || network.random.nextInt(3) > 0;
      network.heal(allRun);
      int before = network.replacements();
      long healedAt = network.now;
      long oneSince = network.now;
      while (network.now - oneSince < SETTLED && network.now < healedAt + LONGEST) {
        network.live(200, false);
        oneSince = network.allStarted() && network.isOne() ? oneSince : network.now;
      }
      String replay =
          "seed " + seed + "; replay with -Dconverge.seed=" + seed + "\n" + tail(network);
      assertThat(network.isOne()).as(replay).isTrue();
      slowest = Math.max(slowest, oneSince - healedAt);
      merges = Math.max(merges, network.replacements() - before);
      int rested = network.replacements();
      network.live(REST, false);
      assertThat(network.isOne() && network.replacements() == rested)
          .as("stays one cluster; " + replay + "\n" + tail(network))
          .isTrue();
    }
    System.out.println(
        "slowest way to one cluster: " + slowest + " ms; most merges after a heal: " + merges);
    assertThat(merges).isLessThanOrEqualTo(12);
  }

  private static String tail(SimulatedNetwork network) {
    int size = network.history.size();
    return String.join("\n", network.history.subList(Math.max(0, size - 60), size));
  }
}
