package dev.converge.node.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.converge.node.cluster.topology.Membership;
import dev.converge.node.cluster.topology.Membership.Seat;
import dev.converge.node.cluster.topology.Membership.Standing;
import dev.converge.node.config.NodeConfig;
import dev.converge.node.config.NodeConfig.Endpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.remote.RemoteActorRefProvider;
import org.apache.pekko.remote.RemoteTransport;

/** One life of the cluster system: one ActorSystem with one uid. Thread-safe. */
final class ClusterSystem {
  static final String NAME = "converge";
  private static final Duration LEAVE_LIMIT = Duration.ofSeconds(3);
  private static final Duration TERMINATE_LIMIT = Duration.ofSeconds(20);

  private final ActorSystem system;
  private final Cluster cluster;
  private volatile boolean wasMember;

  private ClusterSystem(ActorSystem system) {
    this.system = system;
    this.cluster = Cluster.get(system);
  }

  /**
   * Starts a system that listens and has joined nobody.
   *
   * @throws IllegalStateException if it cannot listen
   */
  static ClusterSystem start(NodeConfig config, Config overrides) {
    try {
      return new ClusterSystem(
          ActorSystem.create(
              NAME, settings(config, overrides), ClusterSystem.class.getClassLoader()));
    } catch (RuntimeException e) {
      throw new IllegalStateException(
          "Cannot listen for the cluster on "
              + config.remote()
              + ": "
              + rootCause(e)
              + ". Give the node another remote address, or end the program that uses this one.",
          e);
    }
  }

  private static Config settings(NodeConfig config, Config overrides) {
    Map<String, Object> own = new HashMap<>();
    own.put("pekko.cluster.multi-data-center.self-data-center", config.name());
    own.put("pekko.remote.artery.canonical.hostname", config.remote().host());
    own.put("pekko.remote.artery.canonical.port", config.remote().port());
    own.put("pekko.remote.artery.advanced.test-mode", config.faultsEnabled() ? "on" : "off");
    ClassLoader loader = ClusterSystem.class.getClassLoader();
    return ConfigFactory.parseMap(own, "the node's configuration")
        .withFallback(overrides)
        .withFallback(ConfigFactory.defaultOverrides(loader))
        .withFallback(ConfigFactory.parseResources(loader, "converge-cluster.conf"))
        .withFallback(ConfigFactory.parseResources(loader, "converge-store.conf"))
        .withFallback(ConfigFactory.defaultReferenceUnresolved(loader))
        .resolve();
  }

  static Address address(Endpoint endpoint) {
    return new Address("pekko", NAME, endpoint.host(), endpoint.port());
  }

  ActorSystem actorSystem() {
    return system;
  }

  long uid() {
    return cluster.selfUniqueAddress().longUid();
  }

  RemoteTransport transport() {
    return ((RemoteActorRefProvider) ((ExtendedActorSystem) system).provider()).transport();
  }

  /** Tells the consumer the uid of each system that says it has quarantined this one. */
  void onQuarantined(LongConsumer consumer) {
    QuarantineListener.start(system, consumer);
  }

  void joinSelf() {
    cluster.join(cluster.selfAddress());
  }

  void join(List<Endpoint> peers) {
    cluster.joinSeedNodes(peers.stream().map(ClusterSystem::address).toList());
  }

  void down(Address address) {
    cluster.down(address);
  }

  Membership membership() {
    List<Seat> seats = new ArrayList<>();
    Standing standing = Standing.NONE;
    for (Member member : members()) {
      if (member.uniqueAddress().equals(cluster.selfUniqueAddress())) {
        standing = standing(member.status());
      }
      seats.add(new Seat(member.dataCenter(), member.uniqueAddress().longUid()));
    }
    wasMember |= standing == Standing.MEMBER;
    if (cluster.isTerminated() || (wasMember && standing == Standing.NONE)) {
      standing = Standing.GONE;
    }
    return new Membership(uid(), standing, seats);
  }

  Iterable<Member> members() {
    return cluster.state().getMembers();
  }

  /** Names of members that remoting does not reach; each is a data center of its own. */
  Set<String> unreachable() {
    return cluster.state().getUnreachableDataCenters();
  }

  private static Standing standing(MemberStatus status) {
    if (status == MemberStatus.down() || status == MemberStatus.removed()) {
      return Standing.GONE;
    }
    return status == MemberStatus.leaving() || status == MemberStatus.exiting()
        ? Standing.LEAVING
        : Standing.MEMBER;
  }

  /** Leaves in good order as far as the others can be reached; at most a few seconds. */
  void leave() {
    if (membership().standing() == Standing.MEMBER) {
      cluster.leave(cluster.selfAddress());
      awaitEnd(LEAVE_LIMIT);
    }
  }

  /**
   * Ends the system and frees its port.
   *
   * @return whether it ended in time
   */
  boolean end() {
    if (!cluster.isTerminated()) {
      // SUBTLE: a system that ends as a member waits 11 s for others that are not there.
      cluster.down(cluster.selfAddress());
    }
    system.terminate();
    return awaitEnd(TERMINATE_LIMIT);
  }

  private boolean awaitEnd(Duration limit) {
    try {
      system.getWhenTerminated().toCompletableFuture().get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      throw new CompletionException(e.getCause());
    }
  }

  private static String rootCause(Throwable thrown) {
    Throwable cause = thrown;
    for (int i = 0; i < 20 && cause.getCause() != null; i++) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }
}
