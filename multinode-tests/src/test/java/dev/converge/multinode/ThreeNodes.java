package dev.converge.multinode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Three real nodes in processes of their own, started once for a class. Each test begins with all
 * of them running, no link cut, in one cluster; when one fails, what the nodes said is printed.
 */
final class ThreeNodes
    implements BeforeAllCallback,
        BeforeEachCallback,
        AfterAllCallback,
        TestExecutionExceptionHandler {
  private final Path folder;
  private final ProcessCluster cluster;
  private final Nodes nodes;

  ThreeNodes() {
    try {
      folder = Files.createTempDirectory("converge-nodes-");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    cluster = ConvergeNodes.of(3, folder);
    nodes = new Nodes(cluster);
  }

  ProcessCluster cluster() {
    return cluster;
  }

  Nodes nodes() {
    return nodes;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    cluster.start();
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    cluster.start();
    for (int node = 1; node <= 3; node++) {
      nodes.awaitAnswers("at the beginning", node);
    }
    nodes.heal(); // whatever a test before this one has left
    nodes.awaitOneCluster("at the beginning", 1, 2, 3);
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    System.out.println(context.getDisplayName() + " failed: " + failure + cluster.output());
    throw failure;
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    System.out.println(nodes.timings());
    if (Boolean.getBoolean("multinode.output")) {
      System.out.println(cluster.output());
    }
    cluster.close();
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    }
  }
}
