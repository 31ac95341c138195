package dev.converge.node.cli.local;

import com.typesafe.config.ConfigUtil;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Where the nodes of a local cluster are: names, ports and folders. Node n is {@code node-n}, on
 * the n-th port of each row, in {@code data/node-n}. Immutable.
 *
 * @param nodes how many, 1 to {@value #MAX_NODES}
 * @param data the folder of all data
 * @param httpPort the first port for HTTP
 * @param remotePort the first port for Pekko remoting
 * @param settings a configuration file whose settings all nodes share, over the built-in ones
 */
public record LocalLayout(
    int nodes, Path data, int httpPort, int remotePort, Optional<Path> settings) {
  /** The most nodes that one machine is asked to run. */
  public static final int MAX_NODES = 16;

  /** Where every node listens. */
  public static final String HOST = "127.0.0.1";

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if a number is out of range or the two rows of ports overlap,
   *     with a message for the user
   */
  public LocalLayout {
    if (nodes < 1 || nodes > MAX_NODES) {
      throw new IllegalArgumentException(
          "--nodes must be from 1 to " + MAX_NODES + ", not " + nodes);
    }
    checkRow("--http-port", httpPort, nodes);
    checkRow("--remote-port", remotePort, nodes);
    if (Math.abs(httpPort - remotePort) < nodes) {
      throw new IllegalArgumentException(
          ("--http-port " + httpPort + " and --remote-port " + remotePort)
              + (" must be at least " + nodes + " apart: each is the first of a row"));
    }
  }

  private static void checkRow(String option, int port, int nodes) {
    if (port < 1 || port + nodes - 1 > 65_535) {
      throw new IllegalArgumentException(
          option + " must be from 1 to " + (65_536 - nodes) + ", not " + port);
    }
  }

  /** The name of node {@code n}, from 1. */
  public String name(int n) {
    return "node-" + n;
  }

  /** The folder of node {@code n}, from 1. */
  public Path folder(int n) {
    return data.resolve(name(n));
  }

  /** The root of the HTTP API of node {@code n}, from 1. */
  public URI url(int n) {
    return URI.create("http://" + HOST + ":" + (httpPort + n - 1));
  }

  /** The roots of the HTTP APIs of all nodes, in order. */
  public List<URI> urls() {
    return IntStream.rangeClosed(1, nodes).mapToObj(this::url).toList();
  }

  Path configFile(int n) {
    return folder(n).resolve("node.conf");
  }

  Path logFile(int n) {
    return folder(n).resolve("node.log");
  }

  /**
   * The configuration of node {@code n}, as HOCON. What the layout decides stands last and wins.
   */
  String configText(int n) {
    StringBuilder text = new StringBuilder(1024);
    text.append("# Written by \"converge local\" at each start; changes here are lost.\n")
        .append("include required(classpath(\"local-cluster.conf\"))\n");
    settings.ifPresent(
        file ->
            text.append("include required(file(")
                .append(ConfigUtil.quoteString(file.toAbsolutePath().toString()))
                .append("))\n"));
    text.append("converge {\n  node.name = ").append(name(n));
    text.append("\n  node.data-dir = ").append(ConfigUtil.quoteString(folder(n).toString()));
    // Shorter than the launcher's own patience, so that a node ends itself before it is killed.
    text.append("\n  node.stop-timeout = 10s\n");
    text.append("  http { host = ").append(listener(httpPort + n - 1)).append(" }\n");
    text.append("  remote { host = ").append(listener(remotePort + n - 1)).append(" }\n");
    text.append("  peers = [\n");
    for (int peer = 1; peer <= nodes; peer++) {
      text.append("    { name = ").append(name(peer));
      text.append(", remote { host = ").append(listener(remotePort + peer - 1)).append(" }");
      text.append(", http { host = ").append(listener(httpPort + peer - 1)).append(" } }\n");
    }
    return text.append("  ]\n}\n").toString();
  }

  private static String listener(int port) {
    return HOST + ", port = " + port;
  }
}
