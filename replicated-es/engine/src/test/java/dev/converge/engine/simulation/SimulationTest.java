package dev.converge.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.engine.support.Seeds;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The engine's promises, under everything that a network and a power switch can do. */
class SimulationTest {
  private static final int RUNS = 5_000;

  @Test
  void replicasConvergeForAHandlerThatDoesNotCommute() {
    int[] sum = new int[4];
    Seeds.check(
        SimulationTest.class,
        RUNS,
        seed -> {
          Simulation.Outcome outcome = Simulation.run(seed, Mutation.NONE);
          sum[0]++;
          sum[1] += outcome.events();
          sum[2] += outcome.crashes();
          sum[3] += outcome.partitions();
        });
    System.out.printf(
        "%d histories: %d events, %d crashes, %d partitions%n", sum[0], sum[1], sum[2], sum[3]);
  }

  @Test
  void theSameSeedGivesTheSameTrace() {
    Set<Long> traces = new HashSet<>();
    for (long seed = 1; seed <= 50; seed++) {
      Simulation.Outcome first = Simulation.run(seed, Mutation.NONE);
      assertThat(Simulation.run(seed, Mutation.NONE)).isEqualTo(first);
      traces.add(first.traceHash());
    }
    assertThat(traces).hasSize(50);
  }
}
