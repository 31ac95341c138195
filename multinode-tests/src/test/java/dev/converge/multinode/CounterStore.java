package dev.converge.multinode;

import dev.converge.node.cluster.ClusterListener;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.ddata.DistributedData;
import org.apache.pekko.cluster.ddata.GCounter;
import org.apache.pekko.cluster.ddata.GCounterKey;
import org.apache.pekko.cluster.ddata.Key;
import org.apache.pekko.cluster.ddata.Replicator;
import org.apache.pekko.cluster.ddata.SelfUniqueAddress;
import org.apache.pekko.pattern.Patterns;
import org.jspecify.annotations.Nullable;

/**
 * The least store that survives a merge: Pekko's counters, merged into each new system. What this
 * node has acknowledged is kept outside the system all the time, for the replicator of a node that
 * is removed stops before anybody can ask it; what others wrote is taken out of it if it still
 * answers. Calls that come in between wait for the new system.
 */
final class CounterStore implements ClusterListener {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final Map<String, Key<GCounter>> keys = new ConcurrentHashMap<>();
  private final Map<String, GCounter> kept = new HashMap<>();
  private CompletableFuture<ActorSystem> present = new CompletableFuture<>();

  @Override
  public synchronized void systemStarted(ActorSystem system) {
    kept.forEach((key, counter) -> update(system, key, now -> now.merge(counter)));
    present.complete(system);
  }

  @Override
  public synchronized CompletionStage<Void> systemStopping(ActorSystem system) {
    present = new CompletableFuture<>();
    List<CompletableFuture<?>> exports = new ArrayList<>();
    for (String key : keys.keySet()) {
      exports.add(
          read(system, key)
              .thenAccept(counter -> kept(key, counter))
              .exceptionally(replicatorIsGone -> null)
              .toCompletableFuture());
    }
    return CompletableFuture.allOf(exports.toArray(CompletableFuture[]::new));
  }

  private synchronized GCounter kept(String key, GCounter counter) {
    kept.merge(key, counter, GCounter::merge);
    return counter;
  }

  private synchronized CompletableFuture<ActorSystem> present() {
    return present;
  }

  CompletionStage<BigInteger> increment(String key, long by) {
    return present()
        .thenCompose(
            system -> {
              SelfUniqueAddress self = DistributedData.get(system).selfUniqueAddress();
              return update(system, key, counter -> counter.increment(self, by))
                  .thenCompose(done -> read(system, key))
                  .thenApply(counter -> kept(key, counter));
            })
        .thenApply(GCounter::getValue);
  }

  CompletionStage<BigInteger> value(String key) {
    return present().thenCompose(system -> read(system, key)).thenApply(GCounter::getValue);
  }

  private CompletionStage<Object> update(
      ActorSystem system, String key, UnaryOperator<GCounter> change) {
    return Patterns.ask(
        replicator(system),
        new Replicator.Update<>(key(key), GCounter.empty(), Replicator.writeLocal(), change),
        LIMIT);
  }

  private CompletionStage<GCounter> read(ActorSystem system, String key) {
    return Patterns.ask(
            replicator(system), new Replicator.Get<>(key(key), Replicator.readLocal()), LIMIT)
        .thenApply(answer -> counter(answer));
  }

  private static GCounter counter(@Nullable Object answer) {
    return answer instanceof Replicator.GetSuccess<?> success
        ? (GCounter) success.dataValue()
        : GCounter.empty();
  }

  private Key<GCounter> key(String key) {
    return keys.computeIfAbsent(key, GCounterKey::create);
  }

  private static ActorRef replicator(ActorSystem system) {
    return DistributedData.get(system).replicator();
  }
}
