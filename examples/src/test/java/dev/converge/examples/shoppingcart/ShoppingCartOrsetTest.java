package dev.converge.examples.shoppingcart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.examples.FakeCluster;
import dev.converge.examples.FakeCluster.Fault;
import dev.converge.examples.Run;
import org.junit.jupiter.api.Test;

class ShoppingCartOrsetTest {
  @Test
  void itTellsWhatEveryNodeHoldsAndEndsAsExplained() throws Exception {
    try (FakeCluster cluster = new FakeCluster(Fault.NONE)) {
      Run run = Run.of(new ShoppingCartOrset(), cluster.options());

      assertThat(run.lines()).last().isEqualTo("All as explained.");
      assertThat(run.exit()).isZero();
      assertThat(run.lines())
          .containsSubsequence(
              "     node-3 holds [milk]",
              "5. The cut is healed.",
              "     node-1 holds [coffee, eggs, milk]",
              "     node-2 holds [coffee, eggs, milk]",
              "     node-3 holds [coffee, eggs, milk]");
    }
  }

  @Test
  void aSetThatLosesTheConcurrentAdditionIsNoticed() throws Exception {
    try (FakeCluster cluster = new FakeCluster(Fault.REMOVE_WINS)) {
      Run run = Run.of(new ShoppingCartOrset(), cluster.options("--timeout", "1"));

      assertThat(run.lines()).last().isEqualTo("NOT as explained; see above.");
      assertThat(run.exit()).isEqualTo(1);
    }
  }

  @Test
  void twoNodesAreTooFew() throws Exception {
    try (FakeCluster cluster = new FakeCluster(Fault.NONE)) {
      String[] options = cluster.options();
      Run run = Run.of(new ShoppingCartOrset(), options[0], options[1]);

      assertThat(run.exit()).isEqualTo(1);
      assertThat(String.join("\n", run.lines())).contains("This example needs three nodes");
    }
  }
}
