package dev.converge.examples.onlineretail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.examples.FakeCluster;
import dev.converge.examples.FakeCluster.Fault;
import dev.converge.examples.Run;
import org.junit.jupiter.api.Test;

class OnlineRetailTest {
  @Test
  void aClusterThatKeepsEverythingHasNoDifferences() throws Exception {
    try (FakeCluster cluster = new FakeCluster(Fault.NONE)) {
      Run run = Run.of(new OnlineRetail(), cluster.options("--baskets", "60"));

      assertThat(run.lines()).contains("0 differences");
      assertThat(run.exit()).isZero();
      assertThat(run.lines()).first().asString().startsWith("60 baskets, 5 of them at two nodes");
      assertThat(run.lines()).anyMatch(l -> l.startsWith("throughput: "));
      assertThat(run.lines()).anyMatch(l -> l.startsWith("convergence: "));
    }
  }

  @Test
  void aSecondRunUsesCartsOfItsOwn() throws Exception {
    try (FakeCluster cluster = new FakeCluster(Fault.NONE)) {
      Run.of(new OnlineRetail(), cluster.options("--baskets", "20"));
      Run run = Run.of(new OnlineRetail(), cluster.options("--baskets", "20"));

      assertThat(run.lines())
          .contains("The carts of an earlier run are there; this one is run 2.", "0 differences");
    }
  }

  @Test
  void aClusterThatLosesWritesIsFoundOut() throws Exception {
    try (FakeCluster cluster = new FakeCluster(Fault.LOSES_WRITES)) {
      Run run = Run.of(new OnlineRetail(), cluster.options("--baskets", "20", "--timeout", "1"));

      assertThat(run.exit()).isEqualTo(1);
      assertThat(run.lines())
          .anyMatch(l -> l.matches("[1-9][0-9]* differences"))
          .contains("convergence: none within 1 s after the last write");
    }
  }

  @Test
  void commandsThatANodeDoesNotTakeAreTriedAgainAndCountOnce() throws Exception {
    try (FakeCluster cluster = new FakeCluster(Fault.BUSY)) {
      Run run = Run.of(new OnlineRetail(), cluster.options("--baskets", "5"));

      assertThat(run.lines()).contains("0 differences");
    }
  }

  @Test
  void aNumberOutOfRangeIsAWrongOption() {
    Run run = Run.of(new OnlineRetail(), "--baskets", "25901");

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.lines()).first().isEqualTo("--baskets must be from 1 to 25900, not 25901");
  }
}
