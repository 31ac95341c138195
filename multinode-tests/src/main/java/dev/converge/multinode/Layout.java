package dev.converge.multinode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which nodes there are, and how they run.
 *
 * @param name of the group, for folders and messages
 * @param nodes their names
 * @param startedLater those that are not started at the beginning
 * @param node what each runs
 * @param config settings of all, HOCON
 * @param jvmFlags after the harness's own
 * @param proxies whether a proxy stands in every link
 * @param limit how long a task or a barrier may take
 * @param output the folder for output and data
 */
public record Layout(
    String name,
    List<String> nodes,
    Set<String> startedLater,
    Class<? extends TestNode> node,
    String config,
    List<String> jvmFlags,
    boolean proxies,
    Duration limit,
    Path output) {
  static final String CONDUCTOR = "conductor";

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if a name is used twice, or is the conductor's
   */
  public Layout {
    nodes = List.copyOf(nodes);
    startedLater = Set.copyOf(startedLater);
    jvmFlags = List.copyOf(jvmFlags);
    if (nodes.isEmpty() || new HashSet<>(nodes).size() < nodes.size()) {
      throw new IllegalArgumentException("Nodes need names that differ, not " + nodes);
    }
    for (String node1 : nodes) {
      if (node1.equals(CONDUCTOR) || !node1.matches("[A-Za-z0-9._-]{1,64}")) {
        throw new IllegalArgumentException(
            "A node's name has 1 to 64 characters of [A-Za-z0-9._-] and is not 'conductor': "
                + node1);
      }
    }
    if (!nodes.containsAll(startedLater)) {
      throw new IllegalArgumentException(
          "Of " + startedLater + ", which are started later, not all are among " + nodes);
    }
  }

  /**
   * The folder for the output of all groups: as {@code -Dmultinode.output} says, else below the
   * folder for what Maven or Gradle makes.
   */
  public static Path outputRoot() {
    String said = System.getProperty("multinode.output");
    return said != null
        ? Path.of(said)
        : Path.of(Files.exists(Path.of("pom.xml")) ? "target" : "build", "multinode");
  }

  /** Nodes of a class, with defaults for the rest. */
  public static Layout of(
      String name, List<String> nodes, Class<? extends TestNode> node, Path output) {
    return new Layout(
        name, nodes, Set.of(), node, "", List.of(), false, Duration.ofSeconds(60), output);
  }

  /** The same with other settings. */
  public Layout withConfig(String hocon) {
    return new Layout(name, nodes, startedLater, node, hocon, jvmFlags, proxies, limit, output);
  }

  /** The same with flags for the nodes' JVMs, after the harness's own, which are for tests. */
  public Layout withJvmFlags(String... flags) {
    return new Layout(
        name, nodes, startedLater, node, config, List.of(flags), proxies, limit, output);
  }

  /** The same with proxies in all links. */
  public Layout withProxies() {
    return new Layout(name, nodes, startedLater, node, config, jvmFlags, true, limit, output);
  }
}
