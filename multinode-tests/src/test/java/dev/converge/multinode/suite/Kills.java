package dev.converge.multinode.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * Kills nodes at random moments under load, as by {@code kill -9}, and starts them again: every
 * acknowledged command is there, none twice. {@code -Dconverge.kills=100} for more of them, {@code
 * -Dconverge.seed=N} for others.
 */
final class Kills {
  private static final int KILLS = Integer.getInteger("converge.kills", 3);
  private static final long SEED = Long.getLong("converge.seed", 1L);

  private final String what;
  private final TestCluster cluster;
  private final Nodes nodes;
  private final Random random = new Random(SEED);
  private long acknowledged;

  Kills(String what, TestCluster cluster, Nodes nodes) {
    this.what = what;
    this.cluster = cluster;
    this.nodes = nodes;
  }

  /** The only node: nobody can give back what it has lost. */
  void ofOneAlone() throws InterruptedException {
    for (int kill = 1; kill <= KILLS; kill++) {
      KillLoad load = new KillLoad(cluster, "alone-" + kill, 1 + random.nextInt(400));
      under(load, 1);
      nodes.awaitAnswers("after kill " + kill, 1);
      assertThat(load.problems(1, Set.of("node-1"))).as("kill %d of seed %d", kill, SEED).isEmpty();
    }
    report();
  }

  /** One of all, at each kill another: all have what each has acknowledged. */
  void ofOneOfAll() throws InterruptedException {
    int size = cluster.nodes().size();
    Set<String> names = new TreeSet<>(cluster.group().names());
    for (int kill = 1; kill <= KILLS; kill++) {
      int killed = 1 + random.nextInt(size);
      KillLoad load = new KillLoad(cluster, "all-" + kill, 1 + random.nextInt(600));
      under(load, killed);
      String when = "after kill " + kill + " of seed " + SEED;
      nodes.awaitAnswers(when, killed);
      nodes.await(
          when + ": all have all",
          () -> {
            for (int node = 1; node <= size; node++) {
              if (!load.problems(node, names).isEmpty()) {
                return false;
              }
            }
            return load.isEverywhereTheSame();
          });
    }
    report();
  }

  private void under(KillLoad load, int killed) throws InterruptedException {
    load.start();
    load.awaitEnough();
    cluster.node(killed).kill();
    load.stop();
    cluster.start();
    acknowledged += load.acknowledged();
  }

  private void report() {
    System.out.println(what + ": " + KILLS + " kills, " + acknowledged + " acknowledged");
  }
}
