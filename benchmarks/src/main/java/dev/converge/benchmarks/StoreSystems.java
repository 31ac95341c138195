package dev.converge.benchmarks;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.Cluster;

/** Cluster systems on loopback as Converge's nodes have them, a data center for each. */
final class StoreSystems implements AutoCloseable {
  private final String more;
  final List<ActorSystem> systems = new ArrayList<>();

  /**
   * None yet.
   *
   * @param more settings that win
   */
  StoreSystems(String more) {
    this.more = more;
  }

  /** Starts a system; it is no member yet. */
  ActorSystem start(int port) {
    String name = "n" + (systems.size() + 1);
    Config config =
        ConfigFactory.parseString(
                more
                    + "\npekko.remote.artery.canonical { hostname = 127.0.0.1, port = "
                    + port
                    + " }\npekko.remote.artery.bind.hostname = 127.0.0.1\n"
                    + "pekko.cluster.multi-data-center.self-data-center = "
                    + name)
            .withFallback(ConfigFactory.parseResources("converge-store.conf"))
            .withFallback(ConfigFactory.parseResources("converge-cluster.conf"))
            .withFallback(ConfigFactory.load());
    ActorSystem system = ActorSystem.create("converge", config);
    systems.add(system);
    return system;
  }

  /** Makes the last one started a member; returns when all see all. */
  void join() {
    Cluster last = Cluster.get(systems.get(systems.size() - 1));
    last.join(Cluster.get(systems.get(0)).selfAddress());
    Waiting.until("the cluster", 30_000, () -> systems.stream().allMatch(this::seesAll));
  }

  private boolean seesAll(ActorSystem system) {
    int[] members = {0};
    Cluster.get(system).state().getMembers().forEach(member -> members[0]++);
    return members[0] == systems.size();
  }

  @Override
  public void close() {
    for (ActorSystem system : systems) {
      Cluster cluster = Cluster.get(system);
      cluster.down(cluster.selfAddress());
      system.terminate();
    }
    for (ActorSystem system : systems) {
      try {
        system.getWhenTerminated().toCompletableFuture().get(15, TimeUnit.SECONDS);
      } catch (Exception e) {
        System.err.println("a system did not end: " + e);
      }
    }
  }
}
