package dev.converge.node.cluster;

import com.typesafe.config.Config;
import dev.converge.node.cluster.ClusterView.MemberView;
import dev.converge.node.cluster.topology.PeerReport;
import dev.converge.node.cluster.topology.Phase;
import dev.converge.node.cluster.topology.Topology;
import dev.converge.node.cluster.topology.TopologyEffect;
import dev.converge.node.cluster.topology.TopologyInput;
import dev.converge.node.cluster.topology.TopologySettings;
import dev.converge.node.config.NodeConfig;
import dev.converge.node.config.NodeConfig.Endpoint;
import dev.converge.node.config.NodeConfig.Peer;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.cluster.Member;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a node's cluster system and keeps the node in one cluster with its peers: finds them, joins
 * them, founds a cluster where there is none, and merges with another one by replacing the system.
 * A thin shell around {@link Topology}: one thread feeds it what is seen and does what it says.
 *
 * <p>The node's HTTP server must serve {@link #endpoint()} to the peers; until it does, they take
 * the node for dead and the node founds a cluster of its own. Thread-safe.
 */
public final class ClusterRuntime implements AutoCloseable {
  /** The name of every cluster system, which is part of its address. */
  public static final String SYSTEM = ClusterSystem.NAME;

  /** How long listeners may take to hand over, in {@link ClusterListener#systemStopping}. */
  public static final Duration HAND_OVER_LIMIT = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger("dev.converge.cluster");
  private static final long TICK_MILLIS = 200;
  private static final Duration START_AGAIN_AFTER = Duration.ofMillis(500);

  private final NodeConfig config;
  private final Config overrides;
  private final Map<String, Endpoint> addresses = new HashMap<>();
  private final List<ClusterListener> listeners;
  private final Faults faults;
  private final ScheduledExecutorService loop =
      Executors.newSingleThreadScheduledExecutor(named("converge-topology"));
  private final ExecutorService merger = Executors.newSingleThreadExecutor(named("converge-merge"));
  private volatile ClusterSystem system;
  private volatile Topology topology;
  private volatile ClusterView view;
  private final AtomicBoolean stopped = new AtomicBoolean();

  private ClusterRuntime(
      NodeConfig config,
      Config overrides,
      List<ClusterListener> listeners,
      TopologySettings settings) {
    this.config = config;
    this.overrides = overrides;
    this.listeners = List.copyOf(listeners);
    this.faults = new Faults(config);
    config.peers().forEach(peer -> addresses.put(peer.name(), peer.remote()));
    this.system = ClusterSystem.start(config, overrides);
    this.topology = Topology.start(config.name(), settings, now(), system.uid());
    this.view = look();
  }

  /**
   * Starts the cluster system and begins to look for the peers. Does not wait for them.
   *
   * @param config the node's configuration
   * @param overrides settings of the cluster system that win over ours, such as {@code
   *     pekko.remote.artery}
   * @param listeners told about each cluster system, in this order; the first system is already
   *     started for them when this returns
   * @return the runtime
   * @throws IllegalStateException if the remote address cannot be listened on
   */
  public static ClusterRuntime start(
      NodeConfig config, Config overrides, List<ClusterListener> listeners) {
    return start(config, overrides, listeners, TopologySettings.DEFAULT);
  }

  static ClusterRuntime start(
      NodeConfig config,
      Config overrides,
      List<ClusterListener> listeners,
      TopologySettings settings) {
    ClusterRuntime runtime = new ClusterRuntime(config, overrides, listeners, settings);
    runtime.run();
    return runtime;
  }

  /**
   * The cluster as this node sees it; at most a quarter of a second old.
   *
   * @return the view
   */
  public ClusterView view() {
    return view;
  }

  /**
   * What the HTTP server is to answer the peers.
   *
   * @return the endpoint
   */
  public TopologyEndpoint endpoint() {
    return new TopologyEndpoint(() -> topology.report(), faults);
  }

  /**
   * Cuts between this node and its peers.
   *
   * @return the faults
   */
  public Faults faults() {
    return faults;
  }

  /**
   * The present cluster system. Do not keep it: use a {@link ClusterListener} for what lives in it.
   *
   * @return the system
   */
  public ActorSystem system() {
    return system.actorSystem();
  }

  /**
   * Removes a member that is gone for good. If it lives after all, it comes back by a merge.
   *
   * @param name its configured name
   * @throws IllegalArgumentException if it is this node, or no member
   */
  public void remove(String name) {
    ClusterSystem present = system;
    Address address = null;
    for (Member member : present.members()) {
      address = member.dataCenter().equals(name) ? member.address() : address;
    }
    if (address == null || name.equals(config.name())) {
      throw new IllegalArgumentException(
          name.equals(config.name())
              ? "A node cannot remove itself; ask another one, or stop it"
              : name + " is no member of the cluster of " + config.name());
    }
    LOG.info("Removing {} from the cluster", name);
    present.down(address);
  }

  /**
   * Leaves the cluster and ends its system, after the listeners have handed over. Takes a few
   * seconds at most while the listeners are quick, also when no peer can be reached. Idempotent.
   */
  public void stop() {
    if (stopped.getAndSet(true)) {
      return;
    }
    loop.shutdownNow();
    merger.shutdown();
    try {
      // A merge under way comes to its end first: it ends with a new system, or sees `stopped`.
      merger.awaitTermination(HAND_OVER_LIMIT.plusSeconds(25).toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    handOver(system);
    system.leave();
    system.end();
    LOG.info("{} left the cluster", config.name());
  }

  @Override
  public void close() {
    stop();
  }

  private void run() {
    started(system);
    HttpClient client = PeerProbe.client();
    for (Peer peer : config.peers()) {
      new PeerProbe(config.name(), peer, client, faults, loop, this::answered).start();
    }
    loop.scheduleWithFixedDelay(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void started(ClusterSystem fresh) {
    faults.apply(fresh);
    long uid = fresh.uid();
    fresh.onQuarantined(
        by -> {
          if (!loop.isShutdown()) {
            loop.execute(() -> apply(new TopologyInput.Quarantined(uid, by)));
          }
        });
    for (ClusterListener listener : listeners) {
      safely("start", () -> listener.systemStarted(fresh.actorSystem()));
    }
  }

  // ---- on the loop ----

  private void tick() {
    safely(
        "look after the cluster",
        () -> {
          if (!(topology.phase() instanceof Phase.Merging)) {
            apply(new TopologyInput.MembershipSeen(system.membership()));
          }
          apply(new TopologyInput.Tick(now(), UUID.randomUUID()));
          publish();
        });
  }

  private void answered(PeerReport report) {
    apply(new TopologyInput.PeerAnswered(now(), report));
  }

  private void apply(TopologyInput input) {
    Topology.Step step = topology.step(input);
    topology = step.state();
    for (TopologyEffect effect : step.effects()) {
      if (effect instanceof TopologyEffect.JoinPeers join) {
        List<Endpoint> peers = new ArrayList<>();
        join.names().forEach(name -> peers.add(addresses.get(name)));
        system.join(peers);
      } else if (effect instanceof TopologyEffect.JoinSelf) {
        system.joinSelf();
      } else if (effect instanceof TopologyEffect.Replace replace) {
        merger.execute(() -> replace(replace.reason()));
      }
    }
  }

  private void publish() {
    ClusterView before = view;
    ClusterView after = look();
    if (!after.equals(before)) {
      view = after;
      ClusterLog.changed(before, after);
      for (ClusterListener listener : listeners) {
        safely("see the cluster change", () -> listener.viewChanged(after));
      }
    }
  }

  private ClusterView look() {
    Topology state = topology;
    ClusterSystem present = system;
    UUID id = state.phase() instanceof Phase.In in ? in.clusterId() : null;
    Set<String> live = state.livePeers().stream().map(PeerReport::name).collect(Collectors.toSet());
    Set<String> unreachable = present.unreachable();
    List<MemberView> members = new ArrayList<>();
    for (Member member : id == null ? List.<Member>of() : present.members()) {
      String name = member.dataCenter();
      // Of one that no configuration names here, remoting alone says something.
      boolean answers = live.contains(name) || !addresses.containsKey(name);
      boolean reachable = name.equals(config.name()) || (answers && !unreachable.contains(name));
      members.add(
          new MemberView(
              name,
              member.address().hostPort().replaceFirst("^.*@", ""),
              member.status().toString(),
              reachable,
              member.uniqueAddress().longUid()));
    }
    if (members.stream().noneMatch(member -> member.name().equals(config.name()))) {
      String status =
          state.phase() instanceof Phase.Merging ? ClusterView.MERGING : ClusterView.OUT;
      members.add(
          new MemberView(
              config.name(), config.remote().toString(), status, true, state.membership().uid()));
    }
    members.sort(Comparator.comparing(MemberView::name).thenComparing(MemberView::uid));
    List<String> absent =
        addresses.keySet().stream()
            .filter(name -> members.stream().noneMatch(member -> member.name().equals(name)))
            .sorted()
            .toList();
    return new ClusterView(config.name(), id, members, absent);
  }

  // ---- on the merger ----

  private void replace(String reason) {
    long begun = now();
    LOG.info("Merge begins: {}. The node serves on", reason);
    ClusterSystem old = system;
    handOver(old);
    long handedOver = now();
    if (!old.end()) {
      LOG.warn("The old cluster system is slow to end; trying for its port all the same");
    }
    ClusterSystem fresh = startForSure();
    system = fresh;
    started(fresh);
    LOG.info(
        "Merge: new cluster system after {} ms ({} ms of them for the hand-over); joining",
        now() - begun,
        handedOver - begun);
    if (!loop.isShutdown()) {
      loop.execute(() -> apply(new TopologyInput.SystemStarted(now(), fresh.uid())));
    }
  }

  private void handOver(ClusterSystem old) {
    List<CompletableFuture<?>> stages = new ArrayList<>();
    for (ClusterListener listener : listeners) {
      safely(
          "hand over",
          () -> stages.add(listener.systemStopping(old.actorSystem()).toCompletableFuture()));
    }
    try {
      CompletableFuture.allOf(stages.toArray(CompletableFuture[]::new))
          .get(HAND_OVER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      LOG.error("The hand-over did not complete; going on without it", e);
    }
  }

  /** A node without a cluster system would be cut off for ever, so this does not give up. */
  private ClusterSystem startForSure() {
    for (int attempt = 1; ; attempt++) {
      try {
        return ClusterSystem.start(config, overrides);
      } catch (IllegalStateException e) {
        if (stopped.get()) {
          throw e;
        }
        if (attempt % 20 == 1) {
          LOG.warn("{} Trying again", e.getMessage());
        }
        CompletableFuture.runAsync(
                () -> {},
                CompletableFuture.delayedExecutor(
                    START_AGAIN_AFTER.toMillis(), TimeUnit.MILLISECONDS))
            .join();
      }
    }
  }

  private static void safely(String what, Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      LOG.error("Failed to {}", what, e);
    }
  }

  private static long now() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  private static ThreadFactory named(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }
}
