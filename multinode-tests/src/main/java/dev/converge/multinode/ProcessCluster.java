package dev.converge.multinode;

import dev.converge.node.config.NodeConfig;
import dev.converge.node.config.NodeConfig.Endpoint;
import dev.converge.node.config.NodeConfig.Peer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Nodes in JVMs of their own on this machine, on free ports, each with a data folder that outlives
 * its JVMs. Closing kills them all; so does the end of this JVM. Not thread-safe.
 */
public final class ProcessCluster implements AutoCloseable {
  /** Small and quick to start: several of them share a machine with the test. */
  private static final List<String> JVM_FLAGS =
      List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");

  private static final int OUTPUT_LINES = 100;

  private final List<NodeProcess> nodes;

  private ProcessCluster(List<NodeProcess> nodes) {
    this.nodes = List.copyOf(nodes);
  }

  /**
   * Lays out a cluster; starts nothing.
   *
   * @param size how many nodes; they are named {@code node-1} and so on
   * @param folder for data and output; created
   * @param mainClass what each node runs
   * @param arguments the arguments of the main class for a node; may write files into its data
   *     folder
   * @return the cluster
   */
  public static ProcessCluster of(
      int size, Path folder, String mainClass, Function<NodeConfig, List<String>> arguments) {
    return of(size, 0, folder, mainClass, arguments);
  }

  /**
   * Lays out a cluster, and nodes that it does not know of; starts nothing.
   *
   * @param size how many nodes know each other; they are named {@code node-1} and so on
   * @param joiners how many more know these as their peers, and are not known to them; named on
   * @param folder for data and output; created
   * @param mainClass what each node runs
   * @param arguments the arguments of the main class for a node; may write files into its data
   *     folder
   * @return the cluster
   */
  public static ProcessCluster of(
      int size,
      int joiners,
      Path folder,
      String mainClass,
      Function<NodeConfig, List<String>> arguments) {
    List<NodeProcess> nodes = new ArrayList<>();
    for (NodeConfig config : configs(size, joiners, folder)) {
      try {
        Files.createDirectories(config.dataDir());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(JVM_FLAGS);
      command.add(ChildMain.class.getName());
      command.add(mainClass);
      command.addAll(arguments.apply(config));
      nodes.add(new NodeProcess(config, command, folder.resolve(config.name() + ".log")));
    }
    return new ProcessCluster(nodes);
  }

  /**
   * The nodes, in order.
   *
   * @return all of them, running or not
   */
  public List<NodeProcess> nodes() {
    return nodes;
  }

  /**
   * One node.
   *
   * @param number from 1
   * @return the node
   */
  public NodeProcess node(int number) {
    return nodes.get(number - 1);
  }

  /** Starts all nodes that do not run. */
  public void start() {
    nodes.forEach(NodeProcess::start);
  }

  /**
   * Waits for something to become true; exceptions count as not yet.
   *
   * @param what what is waited for, for the failure's text
   * @param limit how long at most
   * @param condition looked at ten times a second
   * @return how long it took
   * @throws AssertionError if it has not become true; with the nodes' last output
   */
  public Duration await(String what, Duration limit, Callable<Boolean> condition) {
    long start = System.nanoTime();
    try {
      Awaitility.await(what)
          .atMost(limit)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(100))
          .ignoreExceptions()
          .until(condition);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("Waited " + limit.toSeconds() + " s for: " + what + output(), e);
    }
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /**
   * What the nodes have printed last, for failures.
   *
   * @return a text of many lines
   */
  public String output() {
    StringBuilder text = new StringBuilder();
    for (NodeProcess node : nodes) {
      text.append("\n--- ").append(node.name());
      text.append(node.isRunning() ? " (runs)\n" : " (does not run)\n");
      text.append(String.join("\n", node.output(OUTPUT_LINES)));
    }
    return text.toString();
  }

  @Override
  public void close() {
    nodes.forEach(NodeProcess::close);
  }

  private static List<NodeConfig> configs(int members, int joiners, Path folder) {
    int size = members + joiners;
    List<Peer> all = new ArrayList<>();
    List<ServerSocket> held = new ArrayList<>();
    try {
      // All at once, or the same port might be given twice.
      for (int i = 0; i < 2 * size; i++) {
        held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      for (int i = 0; i < size; i++) {
        all.add(
            new Peer("node-" + (i + 1), endpoint(held.get(2 * i)), endpoint(held.get(2 * i + 1))));
      }
      for (ServerSocket socket : held) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<NodeConfig> configs = new ArrayList<>();
    for (Peer self : all) {
      List<Peer> others =
          all.subList(0, members).stream().filter(peer -> !peer.equals(self)).toList();
      configs.add(
          new NodeConfig(
              self.name(),
              folder.resolve(self.name()),
              self.http(),
              self.remote(),
              others,
              1 << 20,
              true,
              Map.of()));
    }
    return configs;
  }

  private static Endpoint endpoint(ServerSocket socket) {
    return new Endpoint("127.0.0.1", socket.getLocalPort());
  }
}
