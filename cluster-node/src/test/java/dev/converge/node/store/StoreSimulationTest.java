package dev.converge.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.node.store.StoreSimulation.SimulatedNode;
import java.math.BigInteger;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Random histories with an oracle. {@code -Dconverge.seed=N} replays one alone. */
class StoreSimulationTest {
  private static final int HISTORIES = Integer.getInteger("converge.histories", 300);
  private static final List<String> KEYS = List.of("a", "b", "c");

  /** Increments, kills, starts and cuts in any order. */
  private static StoreSimulation history(long seed, boolean isDurable) {
    StoreSimulation simulation = new StoreSimulation(seed, 3, isDurable);
    int steps = 20 + simulation.random.nextInt(60);
    for (int i = 0; i < steps; i++) {
      SimulatedNode node = simulation.any();
      int kind = simulation.random.nextInt(10);
      if (kind < StoreSimulation.TROUBLES) {
        simulation.trouble(kind, node, true);
      } else if (node.isUp()) {
        node.increment(KEYS.get(simulation.random.nextInt(KEYS.size())));
      }
    }
    return simulation;
  }

  private static void check(StoreSimulation simulation) {
    for (String key : KEYS) {
      BigInteger sum = simulation.nodes.get(0).value(key).orElse(BigInteger.ZERO);
      Set<Integer> counted = StoreSimulation.increments(sum);
      assertThat(simulation.made.getOrDefault(key, Set.of())).containsAll(counted);
      if (simulation.isDurable) {
        assertThat(counted).containsAll(simulation.acknowledged.getOrDefault(key, Set.of()));
      }
    }
  }

  /** Increments everywhere make one dot for each node of what earlier lives left. */
  private static void checkDots(StoreSimulation simulation) {
    // Before the first, a node may not know yet that nothing of its earlier lives is missing.
    for (int i = 0; i < 2; i++) {
      for (SimulatedNode node : simulation.nodes) {
        KEYS.forEach(node::increment);
      }
      simulation.settle();
    }
    check(simulation);
    for (String key : KEYS) {
      var entry = simulation.nodes.get(0).store.entry(key).orElseThrow();
      assertThat(entry.get(StoreType.PNCOUNTER).orElseThrow().causal().store().size())
          .isLessThanOrEqualTo(simulation.nodes.size());
    }
  }

  @Test
  void withDurabilityNoIncrementThatWasSaidToBeDoneIsLostAndNoneCountsTwice() {
    StoreSimulation.each(
        HISTORIES,
        seed -> {
          StoreSimulation simulation = history(seed, true);
          simulation.settle();
          check(simulation);
          checkDots(simulation);
        });
  }

  @Test
  void withoutDurabilityNoIncrementCountsTwiceAndContextsAreOneRowForEachNode() {
    StoreSimulation.each(
        HISTORIES,
        seed -> {
          StoreSimulation simulation = history(seed, false);
          simulation.settle();
          check(simulation);
          checkDots(simulation);
        });
  }

  @Test
  void withoutKillsNothingIsLost() {
    StoreSimulation.each(
        HISTORIES / 5,
        seed -> {
          StoreSimulation simulation = new StoreSimulation(seed, 2 + (int) (seed % 4), false);
          for (int i = 0; i < 60; i++) {
            SimulatedNode node = simulation.any();
            if (simulation.random.nextInt(8) == 0) {
              simulation.cut(node, simulation.any(), simulation.random.nextBoolean());
            }
            node.increment(KEYS.get(simulation.random.nextInt(KEYS.size())));
            simulation.pass(simulation.random.nextInt(200));
          }
          simulation.settle();
          check(simulation);
          for (String key : KEYS) {
            assertThat(
                    StoreSimulation.increments(
                        simulation.nodes.get(0).value(key).orElse(BigInteger.ZERO)))
                .isEqualTo(simulation.made.getOrDefault(key, Set.of()));
          }
        });
  }
}
