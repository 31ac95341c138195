package dev.converge.benchmarks;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.converge.pekko.Entities;
import dev.converge.pekko.EntityType;
import dev.converge.pekko.NodeClock;
import dev.converge.pekko.NodeParts;
import dev.converge.pekko.ReplicaHome;
import dev.converge.pekko.Replication;
import dev.converge.pekko.journal.JournalDatabase;
import dev.converge.pekko.peer.LinkQuestions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** Ours: three nodes without HTTP and cluster, joined by links in memory. */
final class ConvergeSide implements EntitySide {
  private static final AtomicLong INCARNATIONS = new AtomicLong(System.currentTimeMillis());
  private static final List<String> NAMES = List.of("node-1", "node-2", "node-3");

  private final ReportDatabases databases;
  private final Arrivals arrivals;
  private final List<Node> nodes = new ArrayList<>();
  private MemoryLinks links;

  private record Node(
      ReplicaHome home,
      Replication replication,
      ActorSystem<Void> system,
      Entities entities,
      EntityType<Ticks.Tick, Ticks.Tick, Ticks.Count> type) {}

  ConvergeSide(ReportDatabases databases, Arrivals arrivals) {
    this.databases = databases;
    this.arrivals = arrivals;
    this.links = new MemoryLinks(NAMES);
    start();
  }

  private void start() {
    for (int i = 0; i < Arrivals.REPLICAS; i++) {
      nodes.add(node(i));
    }
  }

  private Node node(int replica) {
    String name = NAMES.get(replica);
    ReplicaHome home = ReplicaHome.at(databases.of(replica), name, INCARNATIONS::incrementAndGet);
    JournalDatabase database = home.database();
    Config config =
        ConfigFactory.parseString(
                "pekko { loglevel = WARNING, loggers = [org.apache.pekko.event.slf4j.Slf4jLogger],"
                    + " coordinated-shutdown.run-by-jvm-shutdown-hook = off }")
            .withFallback(Entities.config(database))
            .withFallback(ConfigFactory.load());
    ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), name, config);
    EntityType<Ticks.Tick, Ticks.Tick, Ticks.Count> type = Ticks.type(arrivals, replica);
    NodeClock clock = new NodeClock(System::currentTimeMillis);
    Set<String> peers = new TreeSet<>(NAMES);
    peers.remove(name);
    Replication replication =
        new Replication(home, links.transport(name), peers, clock, Replication.Settings.DEFAULT);
    Entities entities =
        Entities.on(
            system,
            database,
            NodeParts.on(
                database, replication.replicas(), new LinkQuestions(replication.link()), clock),
            List.of(type),
            new Entities.Settings(
                Duration.ofHours(1),
                Duration.ofMinutes(5),
                1_000_000,
                1_000,
                Duration.ofSeconds(10)));
    replication.start(entities.side());
    return new Node(home, replication, system, entities, type);
  }

  @Override
  public String name() {
    return "Converge";
  }

  @Override
  public CompletionStage<?> write(int replica, String id, long number) {
    Node node = nodes.get(replica);
    return node.entities().get(node.type(), id).run(new Ticks.Tick(number));
  }

  @Override
  public CompletionStage<?> wake(int replica, String id) {
    Node node = nodes.get(replica);
    return node.entities().get(node.type(), id).get();
  }

  @Override
  public void restart() throws Exception {
    close();
    links = new MemoryLinks(NAMES);
    start();
  }

  @Override
  public void close() throws Exception {
    for (Node node : nodes) {
      node.replication().close();
      node.system().terminate();
      node.system().getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS);
      node.home().close();
    }
    nodes.clear();
    links.close();
  }
}
