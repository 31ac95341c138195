package dev.converge.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.converge.node.cli.NodeView.Answering;
import dev.converge.node.cli.NodeView.Member;
import dev.converge.node.cli.NodeView.Replica;
import dev.converge.node.cli.NodeView.Replicas;
import dev.converge.node.cli.NodeView.Silent;
import dev.converge.node.cli.local.FreePorts;
import dev.converge.node.config.NodeConfig;
import dev.converge.node.config.NodeConfig.Endpoint;
import dev.converge.node.config.NodeConfig.Peer;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusTest {
  private static final URI A = URI.create("http://127.0.0.1:8551");
  private static final URI B = URI.create("http://127.0.0.1:8552");

  @TempDir Path folder;

  @Test
  void theTableHasARowForEachNodeAndAClearLineForASilentOne() {
    List<Member> members =
        List.of(new Member("node-1", "Up", true), new Member("node-2~4", "Up", false));
    List<String> lines =
        StatusTable.lines(
            List.of(
                new Answering(A, "node-1", true, "node-1", members, Optional.empty()),
                new Silent(B, "does not answer: nothing listens there")));

    assertThat(lines)
        .containsExactly(
            "URL                    NODE    STATE  LEADER  SEES",
            "http://127.0.0.1:8551  node-1  ready  node-1  node-1 up, node-2~4 up (unreachable)",
            "http://127.0.0.1:8552  does not answer: nothing listens there");
  }

  @Test
  void theReplicasHaveARowForEachNodeAndALineForEachRemark() {
    Replicas replicas =
        new Replicas(
            4,
            "active",
            Optional.of("the disk is full"),
            List.of(
                new Replica("node-1", true, 0),
                new Replica("node-2~2", false, 12),
                new Replica("node-3", true, 1)),
            1_540,
            List.of("node-2~2"),
            List.of("retire node-2~2"),
            List.of("a clock is off"));
    Replicas forming =
        new Replicas(
            -1, "unformed", Optional.empty(), List.of(), 0, List.of(), List.of(), List.of());
    assertThat(
            ReplicasTable.lines(
                List.of(
                    new Answering(A, "node-1", true, "-", List.of(), Optional.of(replicas)),
                    new Answering(B, "node-2", true, "-", List.of(), Optional.of(forming)),
                    new Silent(B, "does not answer"))))
        .containsExactly(
            "NODE    EPOCH  PHASE     NOT FINAL  WAITS FOR  REPLICAS",
            "node-1  4      active    1.5 s      node-2~2   node-1, node-2~2 (unreachable, 12 rows"
                + " behind), node-3 (1 rows behind)",
            "node-2  -      unformed  -          -          -",
            "node-1 takes no commands: the disk is full",
            "node-1 wants: retire node-2~2",
            "node-1: a clock is off");
    assertThat(ReplicasTable.lines(List.of(new Silent(B, "does not answer")))).isEmpty();
  }

  @Test
  void nodesAreAskedForTheirViews() throws Exception {
    int port = FreePorts.row(2, new Random());
    Endpoint http = new Endpoint("127.0.0.1", port);
    Endpoint remote = new Endpoint("127.0.0.1", 1);
    NodeConfig config =
        new NodeConfig(
            "node-1",
            folder,
            http,
            remote,
            List.of(new Peer("node-2", remote, http)),
            1024,
            false,
            Map.of());
    FakeNode node = FakeNode.start(config, ConfigFactory.empty());
    try {
      URI there = URI.create("http://" + http);
      URI nowhere = URI.create("http://127.0.0.1:" + (port + 1));

      assertThat(new NodeViews().ask(List.of(there, nowhere)))
          .containsExactly(
              new Answering(
                  there,
                  "node-1",
                  true,
                  "node-1",
                  List.of(new Member("node-1", "Up", true), new Member("node-2", "Up", false)),
                  Optional.empty()),
              new Silent(nowhere, "does not answer: nothing listens there"));
    } finally {
      node.stop();
    }
  }
}
