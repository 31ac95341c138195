package dev.converge.engine.frontier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.support.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Replicas that write, promise and ship logs in random order, each with frontiers of its own: what
 * one calls final stays so, and what it calls stable, everybody has.
 */
class FrontierSimulationTest {
  private static final class Node {
    final ReplicaId id;
    final List<Long> log = new ArrayList<>();
    final List<Promise> promises = new ArrayList<>();
    final FinalFrontier frontier = new FinalFrontier();
    final StableFrontier stable = new StableFrontier();
    final int[] held;
    long clock;
    long promised;

    Node(int index, int nodes) {
      this.id = ReplicaId.of("node-" + index);
      this.held = new int[nodes];
    }
  }

  /**
   * One history.
   *
   * @param keepsPromises whether new events are later than what was promised
   */
  private static void run(long seed, boolean keepsPromises) {
    Random random = new Random(seed);
    List<Node> nodes = new ArrayList<>();
    int size = 2 + random.nextInt(3);
    for (int i = 0; i < size; i++) {
      nodes.add(new Node(i, size));
    }
    for (Node node : nodes) {
      for (Node other : nodes) {
        node.frontier.join(other.id, HybridTimestamp.ZERO);
        node.stable.join(other.id, VersionVector.empty());
      }
    }
    for (int step = 0; step < 120; step++) {
      int i = random.nextInt(size);
      int j = random.nextInt(size);
      step(random, nodes, i, j, keepsPromises);
    }
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < size; i++) {
        promise(nodes.get(i), 1_000 + round);
        for (int j = 0; j < size; j++) {
          while (i != j && ship(nodes, i, j)) {}
          tellPromise(nodes, i, j, nodes.get(i).promises.size() - 1);
          confirm(nodes, i, j);
        }
      }
    }
    Node first = nodes.get(0);
    assertThat(first.frontier.time().millis()).isGreaterThanOrEqualTo(1_000);
    for (Node node : nodes) {
      assertThat(first.stable.vector().get(node.id)).isEqualTo(node.log.size());
    }
  }

  private static void step(Random random, List<Node> nodes, int i, int j, boolean keepsPromises) {
    Node node = nodes.get(i);
    switch (random.nextInt(5)) {
      case 0 -> {
        long from = keepsPromises ? Math.max(node.clock, node.promised) : node.clock;
        node.clock = from + 1 + random.nextInt(3);
        node.log.add(node.clock);
        node.held[i] = node.log.size();
        node.frontier.received(node.id, node.log.size());
      }
      case 1 -> promise(node, Math.max(node.clock, node.promised) + random.nextInt(4));
      case 2 -> ship(nodes, i, j);
      case 3 -> {
        if (!node.promises.isEmpty()) {
          // Any of them, in any order, more than once.
          tellPromise(nodes, i, j, random.nextInt(node.promises.size()));
        }
      }
      default -> confirm(nodes, i, j);
    }
  }

  private static void promise(Node node, long time) {
    node.promised = Math.max(node.promised, time);
    node.promises.add(new Promise(node.log.size(), new HybridTimestamp(node.promised, 0)));
    node.frontier.promised(node.id, node.promises.get(node.promises.size() - 1));
  }

  /** The next event of {@code from}'s log comes to {@code to}. */
  private static boolean ship(List<Node> nodes, int from, int to) {
    Node source = nodes.get(from);
    Node target = nodes.get(to);
    if (from == to || target.held[from] == source.log.size()) {
      return false;
    }
    HybridTimestamp time = new HybridTimestamp(source.log.get(target.held[from]), 0);
    assertThat(target.frontier.isFinal(time))
        .as("an event of %s at %s came after that was final", source.id, time)
        .isFalse();
    target.held[from]++;
    HybridTimestamp before = target.frontier.time();
    target.frontier.received(source.id, target.held[from]);
    assertThat(target.frontier.time()).isGreaterThanOrEqualTo(before);
    return true;
  }

  private static void tellPromise(List<Node> nodes, int from, int to, int which) {
    nodes.get(to).frontier.promised(nodes.get(from).id, nodes.get(from).promises.get(which));
  }

  /** {@code from} tells {@code to} what it holds. */
  private static void confirm(List<Node> nodes, int from, int to) {
    VersionVector holds = VersionVector.empty();
    for (int k = 0; k < nodes.size(); k++) {
      holds = holds.with(nodes.get(k).id, nodes.get(from).held[k]);
    }
    Node target = nodes.get(to);
    target.stable.confirmed(nodes.get(from).id, holds);
    for (int k = 0; k < nodes.size(); k++) {
      int origin = k;
      assertThat(nodes)
          .as("stable at %s", target.id)
          .allMatch(n -> n.held[origin] >= target.stable.vector().get(nodes.get(origin).id));
    }
  }

  @Test
  void nothingComesBeforeWhatIsFinalAndEverybodyHasWhatIsStable() {
    Seeds.check(FrontierSimulationTest.class, 2_000, seed -> run(seed, true));
  }

  @Test
  void aPromiseThatItsGiverDoesNotKeepIsCaught() {
    int caught = 0;
    for (long seed = 1; seed <= 50; seed++) {
      try {
        run(seed, false);
      } catch (AssertionError | IllegalArgumentException e) {
        caught++;
      }
    }
    assertThat(caught).isPositive();
  }
}
