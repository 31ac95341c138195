package dev.converge.pekko.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.replication.ReplicationLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.remote.RemoteActorRefProvider;
import org.apache.pekko.remote.artery.ArteryTransport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import scala.Option;

/** Two nodes over real Artery on loopback; actor systems die, are replaced and quarantined. */
class ArteryPeerTransportTest {
  private static final Duration LIMIT = Duration.ofSeconds(40);

  private final ExecutorService blocking = Executors.newFixedThreadPool(2);
  private final List<Node> nodes = new ArrayList<>();

  private final class Node {
    final FakeLog log;
    final int port;
    final ArteryPeerTransport transport;
    final ReplicationLoop loop = new ReplicationLoop();
    final PeerLink link;
    ActorSystem system;

    Node(String name, int port, Map<String, String> peers) {
      this.log = new FakeLog(new ReplicaId(name, 1));
      this.port = port;
      this.transport = new ArteryPeerTransport(name, peers);
      this.link =
          new PeerLink(
              log,
              transport,
              Set.copyOf(peers.keySet()),
              new FakeMembership(log),
              loop,
              blocking,
              LinkSettings.DEFAULT.with(
                  new LinkSettings.Timing(
                      10, 200, 2_000, 50, 500, 250, 2_000, 100, 500, 2_000, 20, 50, 2_000)),
              new SplittableRandom(name.hashCode()),
              () -> System.nanoTime() / 1_000_000,
              System::currentTimeMillis);
      this.system = system(port);
      transport.attach(system);
      link.start();
      nodes.add(this);
    }

    /** As a node does that merges into another cluster. */
    void replaceSystem() {
      transport.detach();
      end(system);
      system = system(port);
      transport.attach(system);
    }

    void stop() {
      link.close();
      loop.close();
      end(system);
    }
  }

  private static void end(ActorSystem system) {
    system.terminate();
    try {
      system.getWhenTerminated().toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("the actor system does not end", e);
    }
  }

  private static ActorSystem system(int port) {
    Config config =
        ConfigFactory.parseString(
                "pekko { loglevel = ERROR, loggers = [org.apache.pekko.event.slf4j.Slf4jLogger],"
                    + " log-dead-letters = off, actor.provider = remote,"
                    + " coordinated-shutdown.run-by-jvm-shutdown-hook = off,"
                    + " remote.use-unsafe-remote-features-outside-cluster = off,"
                    + " remote.warn-about-direct-use = off,"
                    + " remote.artery { transport = tcp, canonical.hostname = 127.0.0.1,"
                    + " canonical.port = "
                    + port
                    + " } }")
            .withFallback(ConfigFactory.load());
    return ActorSystem.create("nodes", config);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @AfterEach
  void stop() {
    nodes.forEach(Node::stop);
    blocking.shutdownNow();
  }

  private static void awaitEqual(Node a, Node b) {
    await().atMost(LIMIT).until(() -> a.log.held().equals(b.log.held()));
  }

  @Test
  void rows_of_any_size_go_on_through_lost_replaced_and_quarantined_actor_systems()
      throws IOException {
    int portA = freePort();
    int portB = freePort();
    Node a = new Node("a", portA, Map.of("b", "127.0.0.1:" + portB));
    Node b = new Node("b", portB, Map.of("a", "pekko://nodes@127.0.0.1:" + portA));
    a.log.write("one");
    b.log.write("two");
    awaitEqual(a, b);

    // Below the default frame of 256 KiB each, and together.
    byte[] large = new byte[1_000_000];
    new Random(1).nextBytes(large);
    a.log.commit(List.of(a.log.nextOwn(large)));
    awaitEqual(a, b);

    b.replaceSystem();
    a.log.write("after b has another system");
    b.log.write("and back");
    awaitEqual(a, b);

    quarantine(a, b);
    await().atMost(LIMIT).until(() -> !isUp(a, "b") && !isUp(b, "a"));
    a.log.write("into the void");
    b.log.write("into the void");
    assertThat(b.log.held()).isNotEqualTo(a.log.held());
    a.replaceSystem();
    awaitEqual(a, b);
    await().atMost(LIMIT).until(() -> isUp(a, "b") && isUp(b, "a"));
  }

  private static boolean isUp(Node node, String peer) {
    PeerStatus status = node.link.status().get(peer);
    return status != null && status.isUp();
  }

  /** As Artery does by itself after a lost system message, or when the cluster downs a member. */
  private static void quarantine(Node a, Node b) {
    RemoteActorRefProvider provider =
        (RemoteActorRefProvider) ((ExtendedActorSystem) a.system).provider();
    Address there = ((ExtendedActorSystem) b.system).provider().getDefaultAddress();
    ArteryTransport artery = (ArteryTransport) provider.transport();
    long uid =
        ((ArteryTransport)
                ((RemoteActorRefProvider) ((ExtendedActorSystem) b.system).provider()).transport())
            .localAddress()
            .uid();
    artery.quarantine(there, Option.apply(uid), "the test wants it");
  }
}
