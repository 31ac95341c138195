package dev.converge.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.ddata.DistributedData;
import org.apache.pekko.cluster.ddata.Key;
import org.apache.pekko.cluster.ddata.ORSet;
import org.apache.pekko.cluster.ddata.ORSetKey;
import org.apache.pekko.cluster.ddata.PNCounter;
import org.apache.pekko.cluster.ddata.PNCounterKey;
import org.apache.pekko.cluster.ddata.ReplicatedData;
import org.apache.pekko.cluster.ddata.Replicator;
import org.apache.pekko.cluster.ddata.SelfUniqueAddress;
import org.apache.pekko.pattern.Patterns;

/** Pekko's Replicator, one key of its for each key. */
final class PekkoStoreSide implements StoreSide {
  /** Nothing but the defaults. */
  static final String DEFAULT = "";

  /** What can be had by its settings. */
  static final String TUNED =
      "pekko.cluster.distributed-data { gossip-interval = 200ms, notify-subscribers-interval ="
          + " 20ms }";

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final StoreSystems systems;
  private final List<ActorRef> replicators = new ArrayList<>();
  private final List<SelfUniqueAddress> selves = new ArrayList<>();

  PekkoStoreSide(String settings) {
    this.systems =
        new StoreSystems(
            "pekko.actor.allow-java-serialization = off\n"
                + "pekko.cluster.distributed-data.pruning-interval = 200d\n"
                + settings);
  }

  @Override
  public void addNode() {
    ActorSystem system = systems.start(0);
    replicators.add(DistributedData.get(system).replicator());
    selves.add(DistributedData.get(system).selfUniqueAddress());
    systems.join();
  }

  private <D extends ReplicatedData> CompletionStage<?> update(
      int node, Key<D> key, D empty, Function<D, D> change) {
    return Patterns.ask(
        replicators.get(node),
        new Replicator.Update<>(key, empty, Replicator.writeLocal(), change),
        TIMEOUT);
  }

  private <D extends ReplicatedData> long read(int node, Key<D> key, Function<D, Long> view) {
    Object answer =
        Patterns.ask(
                replicators.get(node), new Replicator.Get<>(key, Replicator.readLocal()), TIMEOUT)
            .toCompletableFuture()
            .join();
    if (answer instanceof Replicator.GetSuccess<?> success) {
      @SuppressWarnings("unchecked") // the key has its type
      D data = (D) success.dataValue();
      return view.apply(data);
    }
    return 0;
  }

  @Override
  public CompletionStage<?> increment(int node, String key) {
    SelfUniqueAddress self = selves.get(node);
    return update(
        node, PNCounterKey.create(key), PNCounter.create(), counter -> counter.increment(self, 1));
  }

  @Override
  public long count(int node, String key) {
    return read(node, PNCounterKey.create(key), counter -> counter.getValue().longValue());
  }

  @Override
  public CompletionStage<?> add(int node, String key, String element) {
    SelfUniqueAddress self = selves.get(node);
    return update(
        node, ORSetKey.<String>create(key), ORSet.<String>create(), set -> set.add(self, element));
  }

  @Override
  public int size(int node, String key) {
    return (int) read(node, ORSetKey.<String>create(key), set -> (long) set.size());
  }

  @Override
  public CompletionStage<?> delete(int node, String key) {
    return Patterns.ask(
        replicators.get(node),
        new Replicator.Delete<>(PNCounterKey.create(key), Replicator.writeLocal()),
        TIMEOUT);
  }

  @Override
  public int keys(int node) {
    Object answer =
        Patterns.ask(replicators.get(node), Replicator.GetKeyIds$.MODULE$, TIMEOUT)
            .toCompletableFuture()
            .join();
    return ((Replicator.GetKeyIdsResult) answer).getKeyIds().size();
  }

  @Override
  public void close() {
    systems.close();
  }
}
