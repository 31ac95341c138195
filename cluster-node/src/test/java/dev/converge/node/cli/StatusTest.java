package dev.converge.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.converge.node.cli.NodeView.Answering;
import dev.converge.node.cli.NodeView.Member;
import dev.converge.node.cli.NodeView.Silent;
import dev.converge.node.cli.local.FreePorts;
import dev.converge.node.config.NodeConfig;
import dev.converge.node.config.NodeConfig.Endpoint;
import dev.converge.node.config.NodeConfig.Peer;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
                new Answering(A, "node-1", true, "node-1", members),
                new Silent(B, "does not answer: nothing listens there")));

    assertThat(lines)
        .containsExactly(
            "URL                    NODE    STATE  LEADER  SEES",
            "http://127.0.0.1:8551  node-1  ready  node-1  node-1 up, node-2~4 up (unreachable)",
            "http://127.0.0.1:8552  does not answer: nothing listens there");
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
                  List.of(new Member("node-1", "Up", true), new Member("node-2", "Up", false))),
              new Silent(nowhere, "does not answer: nothing listens there"));
    } finally {
      node.stop();
    }
  }
}
