package dev.converge.node.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.node.cli.FakeMain;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalClusterTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path folder;

  private final List<String> lines = new CopyOnWriteArrayList<>();

  @Test
  void itIsUpWhenAllNodesAreReadyAndClosedWhenAllHaveStopped() throws Exception {
    LocalCluster cluster = start(2, Optional.empty(), Supervision.Limits.DEFAULT);
    try (cluster) {
      assertThat(cluster.awaitUp(LIMIT)).isTrue();
      assertThat(cluster.urls()).hasSize(2);
    }
    assertThat(lines).last().isEqualTo("All nodes have stopped.");
  }

  @Test
  void nodesThatFailAtEveryStartAreGivenUpWithTheirReason() throws Exception {
    Path settings = Files.writeString(folder.resolve("f.conf"), "fake.fails = The disk is full");
    Supervision.Limits hasty = new Supervision.Limits(1, 1, 5_000, 2);

    try (LocalCluster cluster = start(1, Optional.of(settings), hasty)) {
      assertThat(cluster.awaitFailure()).isTrue();
      assertThat(cluster.awaitUp(LIMIT)).isFalse();
    }
    assertThat(lines)
        .endsWith(
            "node-1 ended with exit code 1 before it was ready, 2 times in a row; it is not"
                + " started again. Its last lines:",
            "    The disk is full");
  }

  private LocalCluster start(int nodes, Optional<Path> settings, Supervision.Limits limits)
      throws Exception {
    int port = FreePorts.row(2 * nodes, new Random());
    LocalLayout layout = new LocalLayout(nodes, folder, port, port + nodes, settings);
    ChildCommand command =
        new ChildCommand(FakeMain.class.getName(), List.of("-XX:TieredStopAtLevel=1"));
    return LocalCluster.start(layout, command, false, limits, lines::add);
  }
}
