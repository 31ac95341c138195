package dev.converge.examples;

import com.typesafe.config.ConfigFactory;
import dev.converge.node.ConvergeNode;
import dev.converge.node.cli.local.FreePorts;
import dev.converge.node.config.EntitiesConfig;
import dev.converge.node.config.NodeConfig;
import dev.converge.node.config.NodeConfig.Endpoint;
import dev.converge.node.config.NodeConfig.Peer;
import dev.converge.node.lifecycle.StartupException;
import dev.converge.pekko.EntityType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Whole nodes in this JVM, {@code node-1} and so on, each with a database in a temporary folder,
 * which serve HTTP and can be cut off from each other. Thread-safe.
 */
public final class NodesInJvm implements AutoCloseable {
  private final Path data;
  private final List<ConvergeNode> nodes = new ArrayList<>();
  private final List<NodeClient> clients = new ArrayList<>();

  private NodesInJvm(Path data) {
    this.data = data;
  }

  /** Starts so many, which host these types of the caller's own too. */
  public static NodesInJvm start(int count, List<? extends EntityType<?, ?, ?>> types)
      throws StartupException {
    return start(count, types, EntitiesConfig.DEFAULT.plugins());
  }

  /**
   * As above, with types from jars in a folder.
   *
   * @throws StartupException if one cannot start; nothing is left running then
   */
  public static NodesInJvm start(int count, List<? extends EntityType<?, ?, ?>> types, Path plugins)
      throws StartupException {
    NodesInJvm all = new NodesInJvm(temporaryFolder());
    boolean done = false;
    try {
      HttpClient http = NodeClient.newHttpClient();
      for (NodeConfig config : all.configs(count, plugins)) {
        all.nodes.add(ConvergeNode.start(config, ConfigFactory.empty(), types));
        all.clients.add(new NodeClient(URI.create("http://" + config.http()), http));
      }
      done = true;
      return all;
    } finally {
      if (!done) {
        all.close();
      }
    }
  }

  private List<NodeConfig> configs(int count, Path plugins) {
    int port = FreePorts.row(2 * count, new Random());
    List<Peer> peers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      peers.add(
          new Peer(
              "node-" + (i + 1),
              new Endpoint("127.0.0.1", port + i),
              new Endpoint("127.0.0.1", port + count + i)));
    }
    EntitiesConfig entities = EntitiesConfig.DEFAULT.withPlugins(plugins);
    return peers.stream()
        .map(
            self ->
                new NodeConfig(
                        self.name(),
                        data.resolve(self.name()),
                        self.http(),
                        self.remote(),
                        peers.stream().filter(peer -> !peer.equals(self)).toList(),
                        1 << 20,
                        true,
                        Map.of())
                    .withEntities(entities))
        .toList();
  }

  /** The nodes, in order. */
  public List<ConvergeNode> nodes() {
    return nodes;
  }

  /** Their HTTP APIs, in the same order. */
  public List<NodeClient> clients() {
    return clients;
  }

  private static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("converge-example-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stops them, and deletes their data. */
  @Override
  public void close() {
    nodes.forEach(ConvergeNode::stop);
    try {
      delete(data);
    } catch (IOException e) {
      // A temporary folder; the system clears it at the latest.
    }
  }

  /** Deletes a folder with all that is in it. */
  public static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
