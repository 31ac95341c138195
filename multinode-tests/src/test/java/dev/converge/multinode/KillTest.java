package dev.converge.multinode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Nodes are killed at random moments under load, as by {@code kill -9}, and started again: every
 * acknowledged command is there, none twice. {@code -Dconverge.kills=100} for more of them, {@code
 * -Dconverge.seed=N} for others, {@code -Dconverge.database=h2} or {@code postgresql} for one of
 * the databases alone.
 */
class KillTest {
  private static final int KILLS = Integer.getInteger("converge.kills", 3);
  private static final long SEED = Long.getLong("converge.seed", 1L);

  private static final String DATABASE = System.getProperty("converge.database", "");

  @TempDir Path folder;

  private static void assumeWanted(NodeDatabases.Kind kind) {
    assumeTrue(
        DATABASE.isEmpty() || DATABASE.equalsIgnoreCase(kind.name()), "not asked for this time");
  }

  /** Alone, so that no other node can give back what this one has lost. */
  @ParameterizedTest
  @EnumSource(NodeDatabases.Kind.class)
  void aNodeAloneKeepsWhatItHasAcknowledgedThroughEveryKill(NodeDatabases.Kind kind)
      throws Exception {
    assumeWanted(kind);
    Random random = new Random(SEED);
    try (NodeDatabases databases = NodeDatabases.of(kind);
        ProcessCluster cluster = ConvergeNodes.of(1, folder)) {
      databases.giveTo(cluster);
      Nodes nodes = new Nodes(cluster);
      cluster.start();
      nodes.awaitAnswers("at the beginning", 1);
      long acknowledged = 0;
      for (int kill = 1; kill <= KILLS; kill++) {
        KillLoad load = new KillLoad(cluster, "alone-" + kill, 1 + random.nextInt(400));
        load.start();
        load.awaitEnough();
        cluster.node(1).kill();
        load.stop();
        cluster.start();
        nodes.awaitAnswers("after kill " + kill, 1);
        assertThat(load.problems(1, Set.of("node-1")))
            .as("kill %d of seed %d", kill, SEED)
            .isEmpty();
        acknowledged += load.acknowledged();
      }
      System.out.println(
          kind + ", one node: " + KILLS + " kills, " + acknowledged + " commands acknowledged");
    }
  }

  @ParameterizedTest
  @EnumSource(NodeDatabases.Kind.class)
  void threeNodesUnderLoadAgreeAfterEveryKill(NodeDatabases.Kind kind) throws Exception {
    assumeWanted(kind);
    Random random = new Random(SEED);
    Set<String> all = new TreeSet<>(Set.of("node-1", "node-2", "node-3"));
    try (NodeDatabases databases = NodeDatabases.of(kind);
        ProcessCluster cluster = ConvergeNodes.of(3, folder)) {
      databases.giveTo(cluster);
      Nodes nodes = new Nodes(cluster);
      cluster.start();
      nodes.awaitOneCluster("at the beginning", 1, 2, 3);
      long acknowledged = 0;
      for (int kill = 1; kill <= KILLS; kill++) {
        int killed = 1 + random.nextInt(3);
        KillLoad load = new KillLoad(cluster, "three-" + kill, 1 + random.nextInt(600));
        load.start();
        load.awaitEnough();
        cluster.node(killed).kill();
        load.stop();
        cluster.start();
        String when = "after kill " + kill + " of seed " + SEED;
        nodes.awaitAnswers(when, killed);
        nodes.await(
            when + ": all have all",
            () -> {
              for (int node = 1; node <= 3; node++) {
                if (!load.problems(node, all).isEmpty()) {
                  return false;
                }
              }
              return load.isEverywhereTheSame();
            });
        acknowledged += load.acknowledged();
      }
      System.out.println(
          kind + ", three nodes: " + KILLS + " kills, " + acknowledged + " commands acknowledged");
    }
  }
}
