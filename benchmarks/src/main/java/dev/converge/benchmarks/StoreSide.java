package dev.converge.benchmarks;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A store on nodes in this JVM, each with an ActorSystem of its own, that are to be one cluster.
 */
interface StoreSide extends AutoCloseable {
  /** Makes a side. */
  @FunctionalInterface
  interface Factory {
    /** A side without nodes. */
    StoreSide open();
  }

  /** Starts one more node, which joins those before. Returns when they are one cluster. */
  void addNode();

  /** Adds 1 to a counter, which is created at first use. Completes when it is done at that node. */
  CompletionStage<?> increment(int node, String key);

  /** What the counter is at that node; 0 if it is not there. */
  long count(int node, String key);

  /** Adds to a set. */
  CompletionStage<?> add(int node, String key, String element);

  /** How many elements it has at that node. */
  int size(int node, String key);

  /** Removes a key. */
  CompletionStage<?> delete(int node, String key);

  /** How many keys there are at that node. */
  int keys(int node);

  /** Completes all of them. */
  static void join(List<? extends CompletionStage<?>> stages) {
    stages.forEach(stage -> stage.toCompletableFuture().join());
  }

  @Override
  void close();
}
