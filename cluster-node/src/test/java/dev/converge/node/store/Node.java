package dev.converge.node.store;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.converge.pekko.NodeClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.jspecify.annotations.Nullable;

/** A store and its cluster system, which can be replaced, as a node has them. */
final class Node implements AutoCloseable {
  private static final AtomicLong INCARNATIONS = new AtomicLong();

  final String name;
  final ReplicatedStore store;
  private ActorSystem system;

  Node(String name, int nodes) {
    this(name, nodes, null);
  }

  /** With a database in {@code folder}; in memory if that is null. */
  Node(String name, int nodes, @Nullable Path folder) {
    this.name = name;
    AtomicLong time = new AtomicLong(1_000);
    this.store =
        new ReplicatedStore(
            name,
            () -> INCARNATIONS.incrementAndGet() << 20,
            new NodeClock(time::incrementAndGet),
            nodes,
            StoreLimits.DEFAULT,
            ForkJoinPool.commonPool(),
            folder == null ? null : StoreDatabase.open(folder, false));
    this.system = start();
  }

  private ActorSystem start() {
    Config config =
        ConfigFactory.parseString(
                "pekko.remote.artery.canonical { hostname = 127.0.0.1, port = 0 }\n"
                    + "pekko.remote.artery.bind.hostname = 127.0.0.1\n"
                    + "pekko.cluster.multi-data-center.self-data-center = "
                    + name)
            .withFallback(ConfigFactory.parseResources("converge-store.conf"))
            .withFallback(ConfigFactory.parseResources("converge-cluster.conf"))
            .withFallback(ConfigFactory.load());
    ActorSystem started = ActorSystem.create("converge", config);
    store.attach(started);
    return started;
  }

  /** Joins the cluster of {@code other}, or starts one of its own if that is this node. */
  Node join(Node other) {
    Cluster.get(system).join(Cluster.get(other.system).selfAddress());
    return this;
  }

  int members() {
    int[] count = {0};
    Cluster.get(system).state().getMembers().forEach(member -> count[0]++);
    return count[0];
  }

  /**
   * As a merge of clusters does: the store is taken back, the ActorSystem ends, another one begins.
   */
  void replaceSystem() {
    store.detach().toCompletableFuture().join();
    end();
    system = start();
  }

  /** Takes the store back and ends the ActorSystem. */
  void detachAndEnd() {
    store.detach().toCompletableFuture().join();
    end();
  }

  void startAgain() {
    system = start();
  }

  private void end() {
    Cluster cluster = Cluster.get(system);
    CountDownLatch removed = new CountDownLatch(1);
    cluster.registerOnMemberRemoved(removed::countDown);
    cluster.down(cluster.selfAddress());
    try {
      // A system that ends as a member waits for others; one that was none is never removed.
      boolean unused = removed.await(1, TimeUnit.SECONDS);
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().get(15, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(name + " does not end within " + Duration.ofSeconds(15), e);
    } catch (Exception e) {
      throw new IllegalStateException(name + " does not end", e);
    }
  }

  @Override
  public void close() {
    end();
  }
}
