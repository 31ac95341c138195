package dev.converge.examples;

import com.typesafe.config.ConfigFactory;
import dev.converge.node.ConvergeNode;
import dev.converge.node.cli.local.FreePorts;
import dev.converge.node.config.NodeConfig;
import dev.converge.node.config.NodeConfig.Endpoint;
import dev.converge.node.config.NodeConfig.Peer;
import dev.converge.node.lifecycle.StartupException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Whole nodes in this JVM, which serve HTTP. */
public final class TestNodes implements AutoCloseable {
  private final List<ConvergeNode> nodes = new ArrayList<>();
  private final List<NodeClient> clients = new ArrayList<>();

  /** Starts them, each with a folder below {@code data}. */
  public TestNodes(int count, Path data) throws StartupException {
    int port = FreePorts.row(2 * count, new Random());
    List<Peer> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(
          new Peer(
              "node-" + (i + 1),
              new Endpoint("127.0.0.1", port + i),
              new Endpoint("127.0.0.1", port + count + i)));
    }
    HttpClient http = NodeClient.newHttpClient();
    for (Peer self : all) {
      nodes.add(
          ConvergeNode.start(
              new NodeConfig(
                  self.name(),
                  data.resolve(self.name()),
                  self.http(),
                  self.remote(),
                  all.stream().filter(peer -> !peer.equals(self)).toList(),
                  1 << 20,
                  true,
                  Map.of()),
              ConfigFactory.empty()));
      clients.add(new NodeClient(URI.create("http://127.0.0.1:" + self.http().port()), http));
    }
  }

  /** The nodes. */
  public List<ConvergeNode> nodes() {
    return nodes;
  }

  /** Their HTTP APIs, in the same order. */
  public List<NodeClient> clients() {
    return clients;
  }

  /** The options that make an example use them. */
  public String[] options(String... more) {
    List<String> options = new ArrayList<>(List.of(more));
    clients.forEach(client -> options.addAll(List.of("--url", client.url().toString())));
    return options.toArray(new String[0]);
  }

  @Override
  public void close() {
    nodes.forEach(ConvergeNode::stop);
  }
}
