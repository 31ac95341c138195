package dev.converge.examples.replicatedcounter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.examples.Run;
import org.junit.jupiter.api.Test;

/** Three whole nodes in this JVM. */
class ReplicatedCounterTest {
  @Test
  void aResetOnOneSideOfACutKeepsTheAdditionsThatItHadNotSeen() {
    Run run = Run.of(new ReplicatedCounter());

    assertThat(run.lines())
        .containsSubsequence(
            "   The three see [10, 10, 10]",
            "   node-3 resets the counter, and sees 0",
            "   The three see [7, 7, 7]",
            "   node-3:1  Reset[to=0]  keeps 5 that it had not seen",
            "   The same at all three nodes.");
    assertThat(run.exit()).isZero();
  }
}
