package dev.converge.benchmarks;

import dev.converge.crdt.CausalPNCounter;
import dev.converge.crdt.ORSet;
import dev.converge.node.store.Consistency;
import dev.converge.node.store.Element;
import dev.converge.node.store.Key;
import dev.converge.node.store.ReplicatedStore;
import dev.converge.node.store.StoreDatabase;
import dev.converge.node.store.StoreLimits;
import dev.converge.node.store.StoreType;
import dev.converge.pekko.NodeClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ForkJoinPool;

/** Converge's store, in memory or with a database for each node. */
final class ConvergeStoreSide implements StoreSide {
  private final boolean isDurable;
  private final int nodes;
  private final StoreSystems systems = new StoreSystems("");
  private final List<ReplicatedStore> stores = new ArrayList<>();

  /**
   * No nodes yet.
   *
   * @param nodes how many there will be
   */
  ConvergeStoreSide(boolean isDurable, int nodes) {
    this.isDurable = isDurable;
    this.nodes = nodes;
  }

  static ReplicatedStore store(String name, int nodes, boolean isDurable) {
    return new ReplicatedStore(
        name,
        () -> System.currentTimeMillis() << 20,
        new NodeClock(System::currentTimeMillis),
        nodes,
        StoreLimits.DEFAULT,
        ForkJoinPool.commonPool(),
        isDurable ? StoreDatabase.open(folder(), false) : null);
  }

  private static Path folder() {
    try {
      return Files.createTempDirectory("store-report");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void addNode() {
    ReplicatedStore store = store("n" + (stores.size() + 1), nodes, isDurable);
    stores.add(store);
    store.attach(systems.start(0));
    systems.join();
  }

  @Override
  public CompletionStage<?> increment(int node, String key) {
    return stores
        .get(node)
        .update(
            Key.of(key, StoreType.PNCOUNTER),
            (counter, writer) -> counter.increment(writer.replica(), 1),
            Consistency.LOCAL);
  }

  @Override
  public long count(int node, String key) {
    return stores
        .get(node)
        .get(Key.of(key, StoreType.PNCOUNTER), Consistency.LOCAL)
        .toCompletableFuture()
        .join()
        .map(CausalPNCounter::value)
        .map(Number::longValue)
        .orElse(0L);
  }

  @Override
  public CompletionStage<?> add(int node, String key, String element) {
    return stores
        .get(node)
        .update(
            Key.of(key, StoreType.ORSET),
            (set, writer) -> set.add(writer.replica(), Element.of(element)),
            Consistency.LOCAL);
  }

  @Override
  public int size(int node, String key) {
    return stores
        .get(node)
        .get(Key.of(key, StoreType.ORSET), Consistency.LOCAL)
        .toCompletableFuture()
        .join()
        .map(ORSet::size)
        .orElse(0);
  }

  @Override
  public CompletionStage<?> delete(int node, String key) {
    return stores.get(node).delete(key, Consistency.LOCAL);
  }

  @Override
  public int keys(int node) {
    return stores.get(node).size();
  }

  @Override
  public void close() {
    stores.forEach(ReplicatedStore::close);
    systems.close();
  }
}
