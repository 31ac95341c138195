package dev.converge.pekko;

import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import dev.converge.engine.membership.ReplicaSet;
import dev.converge.pekko.journal.JournalDatabase;
import dev.converge.pekko.replication.ReplicaState;
import dev.converge.pekko.wire.LogRow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * Nodes of one JVM, each with its own actor system and database. Rows go from one to another, and
 * promises are given, when the test says so.
 */
public final class TestCluster implements AutoCloseable {
  private static final AtomicLong INCARNATIONS = new AtomicLong(1_000);

  public static final Entities.Settings SETTINGS =
      new Entities.Settings(
          Duration.ofMinutes(1), Duration.ofSeconds(20), 10_000, 10, Duration.ZERO);

  private final Path folder;
  private final Map<String, Node> nodes = new ConcurrentHashMap<>();
  private final Map<String, ReplicaId> ids = new HashMap<>();

  public TestCluster(Path folder) {
    this.folder = folder;
  }

  /** A node with a database of its own, without HTTP and cluster. */
  public final class Node implements ReplicaState, PeerQuestions, AutoCloseable {
    public final String name;
    public final JournalDatabase database;
    public final ActorSystem<Void> system;
    public final NodeClock clock;
    public final List<EntityType<?, ?, ?>> types;
    public final Entities entities;
    public volatile @Nullable String refusal;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Map<String, PeerQuestions.Answerer> answerers = new ConcurrentHashMap<>();
    private final Map<ReplicaId, Promise> promises = new ConcurrentHashMap<>();
    private volatile Frontier frontier = Frontier.NONE;

    Node(String name, Collection<EntityType<?, ?, ?>> types, Entities.Settings settings) {
      this.name = name;
      this.types = List.copyOf(types);
      this.database =
          JournalDatabase.open(folder.resolve(name), name, INCARNATIONS::incrementAndGet);
      Config config =
          ConfigFactory.parseString(
                  "pekko { loglevel = WARNING, loggers = [org.apache.pekko.event.slf4j.Slf4jLogger],"
                      + " coordinated-shutdown.run-by-jvm-shutdown-hook = off }")
              .withFallback(Entities.config(database))
              .withFallback(ConfigFactory.load());
      this.system = ActorSystem.create(Behaviors.empty(), name, config);
      this.clock = new NodeClock(System::currentTimeMillis);
      this.entities =
          Entities.on(system, database, NodeParts.on(database, this, this, clock), types, settings);
    }

    public <C, E, S> EntityRef<C, E, S> get(EntityType<C, E, S> type, String id) {
      return entities.get(type, id);
    }

    @Override
    public Frontier frontier() {
      return frontier;
    }

    @Override
    public void onFrontier(Runnable listener) {
      listeners.add(listener);
    }

    @Override
    public @Nullable String refusesWrites() {
      return refusal;
    }

    @Override
    public @Nullable ReplicaSet set() {
      return ReplicaSet.first(ids.values());
    }

    @Override
    public CompletionStage<Void> heldBy(int replicas, VersionVector rows, Duration limit) {
      int wanted = replicas == 0 ? ids.size() / 2 + 1 : replicas;
      long have = nodes.values().stream().filter(n -> n.database.held().covers(rows)).count();
      return have >= wanted
          ? CompletableFuture.completedFuture(null)
          : CompletableFuture.failedFuture(new TimeoutException());
    }

    @Override
    public CompletionStage<VersionVector> majorityHolds(Duration limit) {
      VersionVector[] all = {VersionVector.empty()};
      nodes.values().forEach(node -> all[0] = all[0].merge(node.database.held()));
      return CompletableFuture.completedFuture(all[0]);
    }

    @Override
    public Set<String> peers() {
      Set<String> others = new TreeSet<>(nodes.keySet());
      others.remove(name);
      return others;
    }

    @Override
    public CompletionStage<byte[]> ask(String peer, String topic, byte[] question, Duration limit) {
      Node asked = nodes.get(peer);
      PeerQuestions.Answerer answerer = asked == null ? null : asked.answerers.get(topic);
      return answerer == null
          ? CompletableFuture.failedFuture(new IllegalStateException("nobody answers"))
          : answerer.answer(question);
    }

    @Override
    public void answer(String topic, PeerQuestions.Answerer answerer) {
      answerers.put(topic, answerer);
    }

    void promise() {
      promises.put(database.self(), join(database.promise(clock.promisable())));
    }

    private void moveFrontier() {
      HybridTimestamp time = new HybridTimestamp(HybridTimestamp.MAX_MILLIS, 0);
      VersionVector stable = database.held();
      for (Map.Entry<String, ReplicaId> member : ids.entrySet()) {
        Node node = nodes.get(member.getKey());
        Promise promise = promises.get(member.getValue());
        if (node == null || promise == null) {
          return; // somebody is away
        }
        stable = stable.meet(node.database.held());
        time = promise.time().compareTo(time) < 0 ? promise.time() : time;
      }
      frontier =
          new Frontier(
              time.max(frontier.finalTime()), stable.merge(frontier.stable()), frontier.floor());
      listeners.forEach(Runnable::run);
    }

    /** Ends without a word to the entities, as a process does that is killed. */
    @Override
    public void close() {
      nodes.remove(name, this);
      system.terminate();
      try {
        system.getWhenTerminated().toCompletableFuture().get(20, TimeUnit.SECONDS);
      } catch (Exception e) {
        throw new IllegalStateException("node " + name + " does not end", e);
      }
      database.close();
    }
  }

  public static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  public Node start(String name, EntityType<?, ?, ?>... types) {
    return start(name, SETTINGS, types);
  }

  public Node start(String name, Entities.Settings settings, EntityType<?, ?, ?>... types) {
    Node node = new Node(name, List.of(types), settings);
    nodes.put(name, node);
    ids.put(name, node.database.self());
    return node;
  }

  /** Carries all rows that the other lacks. */
  public void ship(Node from, Node to) {
    boolean more = true;
    while (more) {
      List<LogRow> rows = new ArrayList<>();
      VersionVector held = to.database.held();
      for (boolean found = true; found; ) {
        found = false;
        for (ReplicaId origin : from.database.held().entries().keySet()) {
          for (LogRow row : from.database.log(origin, held.get(origin), 500, 1 << 20)) {
            if (row.lsn() == held.get(origin) + 1 && held.covers(row.after())) {
              rows.add(row);
              held = held.with(origin, row.lsn());
              found = true;
            }
          }
        }
      }
      join(to.database.store(rows));
      more = !rows.isEmpty();
    }
  }

  /** Everything goes everywhere. */
  public void shipAll() {
    for (Node from : nodes.values()) {
      for (Node to : nodes.values()) {
        if (from != to) {
          ship(from, to);
        }
      }
    }
  }

  /** Everything goes everywhere and becomes final and stable. */
  public void settle() {
    shipAll();
    shipAll();
    nodes.values().forEach(Node::promise);
    for (Node from : nodes.values()) {
      Promise promise = from.promises.get(from.database.self());
      if (promise != null) { // its own: of others it may know an older one
        nodes.values().forEach(to -> to.promises.put(from.database.self(), promise));
      }
    }
    nodes.values().forEach(Node::moveFrontier);
  }

  /** Waits until something holds. */
  public static void eventually(org.awaitility.core.ThrowingRunnable assertion) {
    await().atMost(Duration.ofSeconds(20)).untilAsserted(assertion);
  }

  @Override
  public void close() {
    List.copyOf(nodes.values()).forEach(Node::close);
  }
}
