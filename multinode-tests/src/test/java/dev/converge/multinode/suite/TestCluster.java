package dev.converge.multinode.suite;

import dev.converge.multinode.MultiNode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/** Nodes of Converge by number, from 1. */
final class TestCluster {
  private static final int OUTPUT_LINES = 60;

  private final MultiNode group;
  private final List<TestClusterNode> nodes;

  TestCluster(MultiNode group) {
    this.group = group;
    this.nodes = group.names().stream().map(name -> new TestClusterNode(group, name)).toList();
  }

  MultiNode group() {
    return group;
  }

  List<TestClusterNode> nodes() {
    return nodes;
  }

  TestClusterNode node(int number) {
    return nodes.get(number - 1);
  }

  /** Starts all nodes that do not run. */
  void start() {
    group.start(group.names().toArray(String[]::new));
  }

  /** Waits for something to become true; exceptions count as not yet. */
  Duration await(String what, Duration limit, Callable<Boolean> condition) {
    long start = System.nanoTime();
    group.await(what, limit, condition);
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** What the nodes have printed last, for failures. */
  String output() {
    return group.output(OUTPUT_LINES);
  }
}
