package dev.converge.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.ORMap;
import dev.converge.crdt.Variant;
import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.sequence.Text;
import dev.converge.node.store.StoreSimulation.SimulatedNode;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Random histories of a text and of a bounded counter, with an oracle. {@code -Dconverge.seed=N}
 * replays one alone.
 */
class SequenceSimulationTest {
  private static final int HISTORIES = Integer.getInteger("converge.histories", 300);
  private static final Key<SequenceValue<Text, String>> TEXT = Key.of("t", StoreType.TEXT);
  private static final Key<BoundedCounterValue> STOCK = Key.of("q", StoreType.BOUNDEDCOUNTER);

  /** Each character typed is another one, so a text says which are in it. */
  private static final class Ledger {
    final Set<Integer> typed = new HashSet<>();
    final Set<Integer> acknowledged = new HashSet<>();
    final Set<Integer> deleted = new HashSet<>();
    long added;
    long addedForSure;
    long taken;
    long takenForSure;
  }

  private static void edit(StoreSimulation simulation, SimulatedNode node, Ledger ledger) {
    int size = node.value(TEXT).map(SequenceValue::size).orElse(0);
    if (size > 0 && simulation.random.nextInt(4) == 0) {
      int index = simulation.random.nextInt(size);
      int codePoint = node.value(TEXT).orElseThrow().content().codePoints().toArray()[index];
      ledger.deleted.add(codePoint);
      node.update(TEXT, (text, w) -> text.delete(w, index, 1), () -> {});
    } else {
      int codePoint = 0x4E00 + ledger.typed.size();
      ledger.typed.add(codePoint);
      int index = simulation.random.nextInt(size + 1);
      node.update(
          TEXT,
          (text, w) -> text.insert(w, index, Character.toString(codePoint)),
          () -> ledger.acknowledged.add(codePoint));
    }
  }

  private static void trade(StoreSimulation simulation, SimulatedNode node, Ledger ledger) {
    int by = 1 + simulation.random.nextInt(9);
    BigInteger amount = BigInteger.valueOf(by);
    try {
      switch (simulation.random.nextInt(4)) {
        case 0 -> {
          ledger.added += by;
          node.update(
              STOCK, (c, w) -> c.increment(w.replica(), amount), () -> ledger.addedForSure += by);
        }
        case 1 -> {
          ReplicaId to = ReplicaId.of(simulation.any().name);
          if (!to.equals(node.replica())) {
            node.update(STOCK, (c, w) -> c.transfer(w.replica(), to, amount), () -> {});
          }
        }
        default -> {
          node.update(
              STOCK, (c, w) -> c.decrement(w.replica(), amount), () -> ledger.takenForSure += by);
          ledger.taken += by;
        }
      }
    } catch (NoRightsException e) {
      // It may be somebody else's to take.
    }
    assertThat(node.value(STOCK).map(BoundedCounterValue::value).orElse(BigInteger.ZERO))
        .isNotNegative();
  }

  /** Edits, trades, kills, starts and cuts in any order, and removals if wanted. */
  private static Ledger run(StoreSimulation simulation, boolean withKills, boolean withRemovals) {
    Ledger ledger = new Ledger();
    int steps = 20 + simulation.random.nextInt(100);
    for (int i = 0; i < steps; i++) {
      SimulatedNode node = simulation.any();
      int kind = simulation.random.nextInt(14);
      switch (kind) {
        case 0, 1, 2, 3, 4, 5 -> simulation.trouble(kind, node, withKills);
        case 6 -> {
          if (withRemovals && node.isUp()) {
            node.remove(simulation.random.nextBoolean() ? "t" : "q");
          }
        }
        case 7, 8, 9 -> {
          if (node.isUp()) {
            trade(simulation, node, ledger);
          }
        }
        default -> {
          if (node.isUp()) {
            edit(simulation, node, ledger);
          }
        }
      }
    }
    simulation.settle();
    check(simulation);
    return ledger;
  }

  private static Set<Integer> shown(SimulatedNode node) {
    Set<Integer> shown = new HashSet<>();
    node.value(TEXT)
        .map(SequenceValue::content)
        .orElse("")
        .codePoints()
        .forEach(codePoint -> assertThat(shown.add(codePoint)).as("once").isTrue());
    return shown;
  }

  /** What holds with losses and removals too. */
  private static void check(StoreSimulation simulation) {
    ORMap<String, Variant> state = simulation.nodes.get(0).store.bucket(Buckets.of("t")).state();
    ORMap<String, Variant> again = BucketCodec.decode(BucketCodec.encode(state));
    String fromParts =
        again
            .get("t")
            .flatMap(variant -> variant.get(StoreType.TEXT.causal()))
            .map(SequenceValue::content)
            .orElse("");
    for (SimulatedNode node : simulation.nodes) {
      assertThat(node.value(TEXT).map(SequenceValue::content).orElse("")).isEqualTo(fromParts);
      shown(node);
    }
    simulation
        .nodes
        .get(0)
        .value(TEXT)
        .ifPresent(
            text -> {
              DotFun<SequencePart<Text>> parts = text.causal().store();
              for (Map.Entry<Dot, SequencePart<Text>> part : parts) {
                Dot root = part.getValue().generation(part.getKey());
                // Without durability a root can be lost, and its dot not be known to anybody.
                assertThat(parts.contains(root) || !text.causal().context().contains(root))
                    .as("the root of " + part + " was not removed")
                    .isTrue();
              }
            });
    simulation
        .nodes
        .get(0)
        .value(STOCK)
        .ifPresent(
            stock -> {
              BigInteger rights = BigInteger.ZERO;
              for (SimulatedNode node : simulation.nodes) {
                rights = rights.add(stock.rights(node.replica()));
              }
              assertThat(rights).as("all rights can be used: " + stock).isEqualTo(stock.value());
            });
  }

  /** All that there is can be taken by those who have it, and no more; then a new text. */
  private static void useUp(StoreSimulation simulation) {
    // The first write of a life opens a gap, if the node has not met the others in it.
    for (SimulatedNode node : simulation.nodes) {
      node.update(STOCK, (c, w) -> c.increment(w.replica(), BigInteger.ONE), () -> {});
    }
    simulation.settle();
    check(simulation);
    for (SimulatedNode node : simulation.nodes) {
      BigInteger rights =
          node.value(STOCK).map(c -> c.rights(node.replica())).orElse(BigInteger.ZERO);
      if (rights.signum() > 0) {
        node.update(STOCK, (c, w) -> c.decrement(w.replica(), rights), () -> {});
      }
    }
    simulation.any().remove("t");
    simulation.settle();
    for (SimulatedNode node : simulation.nodes) {
      assertThat(node.value(STOCK).map(BoundedCounterValue::value).orElse(BigInteger.ZERO))
          .isZero();
      assertThat(node.store.entry("t")).isEmpty();
    }
    simulation.any().update(TEXT, (text, w) -> text.insert(w, 0, "new"), () -> {});
    simulation.settle();
    for (SimulatedNode node : simulation.nodes) {
      assertThat(node.value(TEXT).orElseThrow().content()).isEqualTo("new");
    }
  }

  @Test
  void withDurabilityAllThatWasSaidToBeTypedIsThereAndNoMoreIsTakenThanWasAdded() {
    StoreSimulation.each(
        HISTORIES,
        seed -> {
          StoreSimulation simulation = new StoreSimulation(seed, 3, true);
          Ledger ledger = run(simulation, true, false);
          Set<Integer> missing = new HashSet<>(ledger.acknowledged);
          missing.removeAll(ledger.deleted);
          missing.removeAll(shown(simulation.nodes.get(0)));
          assertThat(missing).isEmpty();
          simulation
              .nodes
              .get(0)
              .value(STOCK)
              .ifPresent(
                  stock -> {
                    assertThat(stock.value().longValueExact())
                        .isBetween(
                            ledger.addedForSure - ledger.taken, ledger.added - ledger.takenForSure);
                    assertThat(new TreeMap<>(stock.balances()).values())
                        .allMatch(balance -> balance.signum() >= 0);
                  });
          assertThat(ledger.takenForSure).isLessThanOrEqualTo(ledger.added);
          useUp(simulation);
        });
  }

  @Test
  void withoutDurabilityNothingShowsTwiceOrBelowZeroAndWhatWasRemovedLeavesNothing() {
    StoreSimulation.each(
        HISTORIES,
        seed -> {
          StoreSimulation simulation = new StoreSimulation(seed, 3, false);
          run(simulation, true, true);
          useUp(simulation);
        });
  }

  @Test
  void withoutKillsARemovalWinsOverWhatItHasSeenAndLeavesNothing() {
    StoreSimulation.each(
        HISTORIES,
        seed -> {
          StoreSimulation simulation = new StoreSimulation(seed, 2 + (int) (seed % 3), false);
          run(simulation, false, true);
          useUp(simulation);
        });
  }
}
