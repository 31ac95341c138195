package dev.converge.multinode;

import dev.converge.node.cli.Main;
import dev.converge.node.config.NodeConfig;
import dev.converge.node.config.NodeConfig.Endpoint;
import dev.converge.node.config.NodeConfig.Peer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Clusters of the real node, as the command line runs it. */
public final class ConvergeNodes {
  private ConvergeNodes() {}

  /**
   * Lays out a cluster of real nodes; starts nothing.
   *
   * @param size how many
   * @param folder for data, configuration and output
   * @return the cluster
   */
  public static ProcessCluster of(int size, Path folder) {
    return ProcessCluster.of(size, folder, Main.class.getName(), ConvergeNodes::arguments);
  }

  /**
   * Lays out a cluster of real nodes, and nodes that it does not know of; starts nothing.
   *
   * @param size how many know each other
   * @param joiners how many more know these, and are not known to them
   * @param folder for data, configuration and output
   * @param settings more lines of each node's configuration file, in HOCON
   * @return the cluster
   */
  public static ProcessCluster of(int size, int joiners, Path folder, String settings) {
    return ProcessCluster.of(
        size, joiners, folder, Main.class.getName(), config -> arguments(config, settings));
  }

  /**
   * Lays out a cluster of real nodes that are started by a main class of the test's own; starts
   * nothing.
   *
   * @param size how many
   * @param folder for data, configuration and output
   * @param mainClass gets the arguments of the command line: {@code node --config FILE}
   * @return the cluster
   */
  public static ProcessCluster of(int size, Path folder, String mainClass) {
    return ProcessCluster.of(size, folder, mainClass, ConvergeNodes::arguments);
  }

  private static List<String> arguments(NodeConfig config) {
    return arguments(config, "");
  }

  private static List<String> arguments(NodeConfig config, String settings) {
    Path file = config.dataDir().resolveSibling(config.name() + ".conf");
    try {
      Files.writeString(file, hocon(config) + settings);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.of("node", "--config", file.toString());
  }

  private static String hocon(NodeConfig config) {
    StringBuilder text = new StringBuilder("converge {\n");
    text.append("  node { name = ").append(config.name());
    text.append(", data-dir = \"").append(config.dataDir()).append("\" }\n");
    text.append("  http ").append(hocon(config.http())).append('\n');
    text.append("  remote ").append(hocon(config.remote())).append('\n');
    text.append("  faults.enabled = on\n  peers = [\n");
    for (Peer peer : config.peers()) {
      text.append("    { name = ").append(peer.name());
      text.append(", remote ").append(hocon(peer.remote()));
      text.append(", http ").append(hocon(peer.http())).append(" }\n");
    }
    return text.append("  ]\n")
        .append("  documents.note { resolver = last-writer-wins }\n")
        .append("  documents.profile { resolver = field-merge, on-delete-update = update-wins }\n")
        .append("}\n")
        .toString();
  }

  private static String hocon(Endpoint endpoint) {
    return "{ host = \"" + endpoint.host() + "\", port = " + endpoint.port() + " }";
  }
}
