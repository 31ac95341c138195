package dev.converge.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The engine's promises, under everything that networks, disks, clocks and operators can do. */
class SimulationTest {
  private static final int SEEDS = 5_000;

  /** With so many seeds, everything that can happen does. */
  private static final int ENOUGH = 4_000;

  /** More with {@code -Dconverge.seeds=100000}, one alone with {@code -Dconverge.seed=17}. */
  @Test
  void replicasKeepWhatTheyPromiseWhateverHappens() throws InterruptedException {
    Long only = Long.getLong("converge.seed");
    long first = only == null ? 1 : only;
    long last = only == null ? Long.getLong("converge.seeds", SEEDS) : only;
    Runs runs = new Runs(Mutation.NONE, leftOut());
    long start = System.nanoTime();
    runs.run(first, last);
    System.out.printf("%s; %.1f s%n", runs, (System.nanoTime() - start) / 1e9);
    if (last - first >= ENOUGH) {
      assertThat(runs.missing()).as("what never happened").isEmpty();
    }
  }

  private static Set<Integer> leftOut() {
    Set<Integer> leftOut = new TreeSet<>();
    String text = System.getProperty("converge.leaveOut", "");
    if (!text.isEmpty()) {
      Arrays.stream(text.split(",")).map(Integer::valueOf).forEach(leftOut::add);
    }
    return leftOut;
  }

  @Test
  void theSameSeedGivesTheSameTrace() {
    Set<Long> traces = new HashSet<>();
    for (long seed = 1; seed <= 30; seed++) {
      Simulation.Outcome first = Simulation.run(seed, Mutation.NONE);
      Simulation.Outcome second = Simulation.run(seed, Mutation.NONE);
      assertThat(second.traceHash()).isEqualTo(first.traceHash());
      assertThat(second.counts()).isEqualTo(first.counts());
      traces.add(first.traceHash());
    }
    assertThat(traces).hasSize(30);
  }

  /** The order of some collections of the JDK differs from one JVM to the next. */
  @Test
  void theSameSeedGivesTheSameTraceInAnotherProcess() throws IOException, InterruptedException {
    String java =
        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java";
    Process other =
        new ProcessBuilder(
                List.of(
                    java,
                    "-cp",
                    System.getProperty("java.class.path"),
                    TraceHashes.class.getName()))
            .redirectErrorStream(true)
            .start();
    String there = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(other.waitFor()).as(there).isZero();
    assertThat(there.strip()).isEqualTo(TraceHashes.hashes());
  }

  @Test
  void aFailureSaysHowToSeeItAgainAndShrinks() {
    long seed = MutationTest.firstCaught(Mutation.SKIP_REFOLD, 100);
    AssertionError failure =
        Failure.of(seed, Mutation.SKIP_REFOLD, Set.of(), new AssertionError("the first"));
    assertThat(failure)
        .hasMessageContaining("-Dconverge.seed=" + seed)
        .hasMessageContaining("-Dconverge.leaveOut=")
        .hasMessageContaining("which fails with: ");
    long actions =
        String.valueOf(failure.getMessage()).lines().filter(line -> line.startsWith("  ")).count();
    assertThat(actions).isBetween(1L, 6L);
  }
}
