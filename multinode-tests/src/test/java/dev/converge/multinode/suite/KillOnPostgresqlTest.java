package dev.converge.multinode.suite;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.converge.multinode.Layout;
import dev.converge.multinode.MultiNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes on PostgreSQL are killed under load; see {@link Kills} for options. */
class KillOnPostgresqlTest {
  @TempDir Path folder;

  private interface Scene {
    void play(TestCluster cluster, Nodes nodes) throws InterruptedException;
  }

  private void play(List<String> names, Scene scene) throws InterruptedException {
    Path output = Layout.outputRoot().resolve("kill-postgresql-" + names.size());
    try (Databases databases = start(names)) {
      StringBuilder config = new StringBuilder();
      for (String name : names) {
        config.append("test.only.").append(name).append(" {\n");
        config.append(databases.config(name)).append("\n}\n");
      }
      Layout layout =
          Layout.of("kill-postgresql-" + names.size(), names, ConvergeTestNode.class, output)
              .withConfig(config.toString());
      try (MultiNode group = MultiNode.start(layout)) {
        TestCluster cluster = new TestCluster(group);
        scene.play(cluster, new Nodes(cluster));
      }
    }
  }

  private Databases start(List<String> names) {
    try {
      return Databases.start(names, folder);
    } catch (IOException e) {
      return abort(
          "PostgreSQL cannot run here (it needs a user who is not root, or unshare): " + e);
    }
  }

  @Test
  void aNodeAloneKeepsWhatItHasAcknowledgedThroughEveryKill() throws InterruptedException {
    play(
        List.of("node-1"),
        (cluster, nodes) -> {
          nodes.awaitAnswers("at the beginning", 1);
          new Kills("one node, PostgreSQL", cluster, nodes).ofOneAlone();
        });
  }

  @Test
  void threeNodesUnderLoadAgreeAfterEveryKill() throws InterruptedException {
    play(
        List.of("node-1", "node-2", "node-3"),
        (cluster, nodes) -> {
          nodes.awaitOneCluster("at the beginning", 1, 2, 3);
          new Kills("three nodes, PostgreSQL", cluster, nodes).ofOneOfAll();
        });
  }
}
