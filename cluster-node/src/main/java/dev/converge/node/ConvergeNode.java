package dev.converge.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.converge.node.cluster.ClusterListener;
import dev.converge.node.cluster.ClusterRuntime;
import dev.converge.node.cluster.ClusterView;
import dev.converge.node.cluster.Faults;
import dev.converge.node.config.NodeConfig;
import dev.converge.node.entity.HostedType;
import dev.converge.node.entity.Plugins;
import dev.converge.node.entity.ReadyMadeTypes;
import dev.converge.node.http.HttpApi;
import dev.converge.node.lifecycle.DataFolderLock;
import dev.converge.node.lifecycle.RunningNode;
import dev.converge.node.lifecycle.StartupException;
import dev.converge.node.metrics.NodeMetrics;
import dev.converge.node.metrics.NodeState;
import dev.converge.node.store.DistributedData;
import dev.converge.node.store.ReplicatedStore;
import dev.converge.node.store.StoreException;
import dev.converge.node.store.StoreLimits;
import dev.converge.pekko.Entities;
import dev.converge.pekko.EntityType;
import dev.converge.pekko.Housekeeping;
import dev.converge.pekko.NodeClock;
import dev.converge.pekko.NodeParts;
import dev.converge.pekko.ReplicaHome;
import dev.converge.pekko.Replication;
import dev.converge.pekko.journal.JournalDatabase;
import dev.converge.pekko.journal.JournalException;
import dev.converge.pekko.membership.Replicas;
import dev.converge.pekko.peer.ArteryPeerTransport;
import dev.converge.pekko.peer.LinkQuestions;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A whole node in this JVM: replicated entities on their own database, the store, the HTTP API, and
 * a place in the cluster. Several can run in one JVM.
 *
 * <p>Two actor systems: the node's own, which lives as long as the node, and the cluster's, which
 * is replaced when clusters merge. Nothing that a write needs is in the second. Thread-safe.
 */
public final class ConvergeNode implements RunningNode {
  private static final Logger LOG = LoggerFactory.getLogger(ConvergeNode.class);
  private static final Duration JOIN_GRACE = Duration.ofSeconds(8);
  private static final Duration WRITE_GRACE = Duration.ofSeconds(4);
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration STEP_LIMIT = Duration.ofSeconds(5);

  private final NodeConfig config;
  private final Entities entities;
  private final List<HostedType<?, ?, ?>> types;
  private final DistributedData store;
  private final ClusterRuntime cluster;
  private final CompletableFuture<Void> terminated = new CompletableFuture<>();
  private final CompletableFuture<Void> over = new CompletableFuture<>();

  /** What is to be stopped, the last started first. */
  private final Deque<Part> parts;

  private final long startedNanos = System.nanoTime();
  private volatile boolean ready;

  private record Part(String name, Stop stop) {}

  private interface Stop {
    void run() throws InterruptedException, ExecutionException, TimeoutException;
  }

  private ConvergeNode(
      NodeConfig config,
      Entities entities,
      List<HostedType<?, ?, ?>> types,
      DistributedData store,
      ClusterRuntime cluster,
      Deque<Part> parts) {
    this.config = config;
    this.entities = entities;
    this.types = List.copyOf(types);
    this.store = store;
    this.cluster = cluster;
    this.parts = parts;
  }

  /**
   * Starts a node with the ready-made entity types.
   *
   * @param raw settings that win over the node's own, such as {@code pekko.loglevel}
   * @throws StartupException if it cannot start; nothing of it is left running then
   */
  public static ConvergeNode start(NodeConfig config, Config raw) throws StartupException {
    return start(config, raw, List.of());
  }

  /**
   * Starts a node that hosts entity types of the caller's own too, for use through {@link
   * #entities}.
   *
   * @param raw settings that win over the node's own, such as {@code pekko.loglevel}
   * @throws StartupException if it cannot start; nothing of it is left running then
   */
  public static ConvergeNode start(
      NodeConfig config, Config raw, List<? extends EntityType<?, ?, ?>> ownTypes)
      throws StartupException {
    return start(config, raw, ownTypes, System::currentTimeMillis);
  }

  /**
   * Starts a node that takes the time from elsewhere, as tests of wrong clocks do.
   *
   * @param raw settings that win over the node's own, such as {@code pekko.loglevel}
   * @param wallMillis milliseconds since the epoch; may jump
   * @throws StartupException if it cannot start; nothing of it is left running then
   */
  public static ConvergeNode start(
      NodeConfig config,
      Config raw,
      List<? extends EntityType<?, ?, ?>> ownTypes,
      LongSupplier wallMillis)
      throws StartupException {
    Deque<Part> parts = new ArrayDeque<>();
    try {
      ConvergeNode node = start(config, raw, ownTypes, wallMillis, parts);
      node.ready = true;
      LOG.info(
          "{} is ready: HTTP on {}, data in {}", config.name(), config.http(), config.dataDir());
      return node;
    } catch (StartupException e) {
      stop(config.name(), parts);
      throw e;
    } catch (JournalException
        | StoreException
        | UncheckedIOException
        | IllegalStateException
        | IllegalArgumentException e) {
      stop(config.name(), parts);
      throw new StartupException(config.name() + " cannot start: " + e.getMessage(), e);
    }
  }

  private static ConvergeNode start(
      NodeConfig config,
      Config raw,
      List<? extends EntityType<?, ?, ?>> ownTypes,
      LongSupplier wallMillis,
      Deque<Part> parts)
      throws StartupException {
    DataFolderLock lock = DataFolderLock.acquire(config.dataDir());
    parts.push(new Part("folder lock", lock::close));
    Incarnations incarnations = new Incarnations(wallMillis);
    ReplicaHome home = NodeStorage.open(config, incarnations);
    parts.push(new Part("database", home::close));
    JournalDatabase database = home.database();
    LOG.info("{} starts as replica {}", config.name(), database.self());

    ActorSystem<Void> system =
        ActorSystem.create(Behaviors.empty(), "node", systemConfig(config, raw, database));
    parts.push(
        new Part(
            "node system",
            () -> {
              system.terminate();
              await(system.getWhenTerminated());
            }));

    List<HostedType<?, ?, ?>> hosted =
        ReadyMadeTypes.with(config.documents(), Plugins.in(config.entities().plugins()));
    List<EntityType<?, ?, ?>> types = new ArrayList<>(ownTypes);
    hosted.forEach(type -> types.add(type.type()));
    NodeClock clock = new NodeClock(wallMillis);
    ArteryPeerTransport transport = new ArteryPeerTransport(config.name(), addresses(config));
    Replication replication =
        new Replication(
            home, transport, addresses(config).keySet(), clock, NodeStorage.settings(config));
    parts.push(new Part("replication", replication::close));
    LinkQuestions questions = new LinkQuestions(replication.link());
    Entities entities =
        Entities.on(
            system,
            database,
            NodeParts.on(database, replication.replicas(), questions, clock),
            types,
            NodeStorage.entities(config.entities()));
    parts.push(new Part("entities", () -> await(entities.stop())));
    replication.start(entities.side());
    Housekeeping housekeeping =
        Housekeeping.start(
            replication, entities, config.entities().retention(), config.entities().archive());
    parts.push(new Part("housekeeping", housekeeping::close));

    ReplicatedStore store =
        new ReplicatedStore(
            config.name(),
            incarnations,
            clock,
            config.peers().size() + 1,
            StoreLimits.DEFAULT,
            system.executionContext()::execute,
            NodeStorage.openStore(config),
            NodeStorage.expiry(config));
    parts.push(new Part("store", store::close));
    ClusterRuntime cluster =
        ClusterRuntime.start(
            config,
            clusterOverrides(raw),
            List.of(new PeerLinkListener(transport), new StoreListener(store)));
    parts.push(new Part("cluster", cluster::stop));

    ConvergeNode node = new ConvergeNode(config, entities, hosted, store, cluster, parts);
    system.getWhenTerminated().thenAccept(ended -> node.systemEnded());
    HttpApi http =
        HttpApi.start(
            system,
            config,
            entities,
            hosted,
            store,
            cluster,
            Optional.of(replication.replicas()),
            Optional.of(database),
            new NodeMetrics(() -> node.state(database, replication, store)),
            node::takesTraffic);
    parts.push(new Part("HTTP", () -> await(http.stop(STEP_LIMIT.minusSeconds(1)))));
    Introduction introduction = Introduction.start(config, replication.replicas());
    parts.push(new Part("introduction", introduction::close));
    replication.over().thenAccept(node.over::complete);
    awaitWrites(replication.replicas());
    return node;
  }

  /**
   * A new database asks the peers first whether they expect it, for some seconds. Whoever starts a
   * node should find it ready for commands; one that has to join takes longer, and says so.
   */
  private static void awaitWrites(Replicas replicas) {
    long end = System.nanoTime() + WRITE_GRACE.toNanos();
    while (replicas.refusesWrites() != null && System.nanoTime() < end) {
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private static Config systemConfig(NodeConfig config, Config raw, JournalDatabase database) {
    return raw.withoutPath("pekko.remote")
        .withoutPath("pekko.cluster")
        .withFallback(
            ConfigFactory.parseString(
                "pekko.http.server.parsing.max-content-length = " + config.maxBodyBytes()))
        .withFallback(ConfigFactory.parseResources("converge-node.conf"))
        .withFallback(ConfigFactory.parseResources("converge-http.conf"))
        .withFallback(Entities.config(database))
        .withFallback(ConfigFactory.load());
  }

  /** Loggers and hooks are the node's business, in both systems. */
  private static Config clusterOverrides(Config raw) {
    return raw.hasPath("pekko") ? raw.withOnlyPath("pekko") : ConfigFactory.empty();
  }

  private static Map<String, String> addresses(NodeConfig config) {
    Map<String, String> addresses = new HashMap<>();
    config
        .peers()
        .forEach(
            peer ->
                addresses.put(
                    peer.name(), "pekko://" + ClusterRuntime.SYSTEM + "@" + peer.remote()));
    return addresses;
  }

  /** The peer messages travel over whatever cluster system there is. */
  private record PeerLinkListener(ArteryPeerTransport transport) implements ClusterListener {
    @Override
    public void systemStarted(org.apache.pekko.actor.ActorSystem system) {
      transport.attach(system);
    }

    @Override
    public CompletionStage<Void> systemStopping(org.apache.pekko.actor.ActorSystem system) {
      transport.detach();
      return CompletableFuture.completedFuture(null);
    }
  }

  /** The store keeps its state itself and spreads it through whatever cluster system there is. */
  private record StoreListener(ReplicatedStore store) implements ClusterListener {
    @Override
    public void systemStarted(org.apache.pekko.actor.ActorSystem system) {
      store.attach(system);
    }

    @Override
    public CompletionStage<Void> systemStopping(org.apache.pekko.actor.ActorSystem system) {
      return store.detach();
    }
  }

  /** The node's configured name. */
  public String name() {
    return config.name();
  }

  /** The replicated entities. */
  public Entities entities() {
    return entities;
  }

  /** The entity types that are served over HTTP; each can be asked through {@link #entities}. */
  public List<HostedType<?, ?, ?>> types() {
    return types;
  }

  /** The store of CRDTs. */
  public DistributedData store() {
    return store;
  }

  /** The cluster as this node sees it. */
  public ClusterView cluster() {
    return cluster.view();
  }

  /** Cuts this node off from others, where the configuration enables that. */
  public Faults faults() {
    return cluster.faults();
  }

  @Override
  public void stop() {
    boolean first;
    synchronized (parts) {
      first = ready;
      ready = false;
    }
    if (first) {
      LOG.info("{} stops", config.name());
      stop(config.name(), parts);
      LOG.info("{} has stopped", config.name());
      terminated.complete(null);
    } else {
      terminated.join();
    }
  }

  /**
   * What the health check says. Requests are served from the start; a balancer had better wait
   * until the node is in a cluster, because its store is empty before that, but not for long.
   */
  private boolean takesTraffic() {
    return ready
        && (cluster.view().clusterId() != null
            || System.nanoTime() - startedNanos > JOIN_GRACE.toNanos());
  }

  /**
   * Completes when this incarnation of the replica is over: it was retired, or its data counts as
   * an old backup. The node refuses writes from then on; stop it and start it again, and it goes on
   * as a new incarnation. {@link RestartingNode} does that.
   */
  public CompletionStage<Void> over() {
    return over;
  }

  /** For metrics; without the set of replicas if that does not answer soon. */
  private CompletionStage<NodeState> state(
      JournalDatabase database, Replication replication, ReplicatedStore keys) {
    return replication
        .replicas()
        .status()
        .toCompletableFuture()
        .orTimeout(STEP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
        .handle(
            (replicas, error) ->
                new NodeState(
                    database.self(),
                    takesTraffic(),
                    cluster.view(),
                    database.held(),
                    entities.status(),
                    entities.conflicted().size(),
                    keys.size(),
                    replication.link().status(),
                    replication.link().reports(),
                    Optional.ofNullable(replicas)));
  }

  /** The node's own system ends by itself only after a fatal error. */
  private void systemEnded() {
    if (ready) {
      ready = false;
      terminated.completeExceptionally(
          new IllegalStateException("its actor system has ended; the log says why"));
    }
  }

  @Override
  public CompletionStage<Void> terminated() {
    return terminated;
  }

  private static void stop(String name, Deque<Part> parts) {
    while (!parts.isEmpty()) {
      Part part = parts.pop();
      try {
        part.stop().run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        LOG.warn("{}: {} was interrupted while it stopped", name, part.name());
      } catch (ExecutionException | TimeoutException | RuntimeException e) {
        LOG.warn("{}: {} did not stop as it should: {}", name, part.name(), e.toString());
      }
    }
  }

  private static void await(CompletionStage<?> stage)
      throws InterruptedException, ExecutionException, TimeoutException {
    stage.toCompletableFuture().get(STEP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }
}
