package dev.converge.pekko.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.journal.ReplicaLog;
import dev.converge.pekko.replication.PeerException;
import dev.converge.pekko.replication.ReplicationLoop;
import dev.converge.pekko.wire.LogRow;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The shell with its threads, over a transport in memory. */
class PeerLinkTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final LinkSettings.Timing QUICK =
      new LinkSettings.Timing(5, 100, 2_000, 20, 200, 100, 1_000, 50, 200, 1_000, 20, 50, 2_000);

  private final Map<String, Consumer<byte[]>> receivers = new ConcurrentHashMap<>();
  private final Set<String> away = ConcurrentHashMap.newKeySet();
  private final ExecutorService wire = Executors.newSingleThreadExecutor();
  private final ExecutorService blocking = Executors.newFixedThreadPool(2);
  private final List<Node> nodes = new ArrayList<>();

  private final class Node implements AutoCloseable {
    final FakeLog log;
    final FakeMembership membership;
    final ReplicationLoop loop = new ReplicationLoop();
    final PeerLink link;

    Node(FakeLog log, long clockOffset, String... peers) {
      this.log = log;
      this.membership = new FakeMembership(log);
      String self = log.self().name();
      PeerTransport transport =
          new PeerTransport() {
            @Override
            public void send(String peer, byte[] frame) {
              wire.execute(
                  () -> {
                    Consumer<byte[]> receiver = receivers.get(peer);
                    if (receiver != null && !away.contains(peer) && !away.contains(self)) {
                      receiver.accept(frame);
                    }
                  });
            }

            @Override
            public void onReceive(Consumer<byte[]> receiver) {
              receivers.put(self, receiver);
            }

            @Override
            public void setPeer(String peer, String address) {}

            @Override
            public void removePeer(String peer) {}
          };
      link =
          new PeerLink(
              log,
              transport,
              Set.of(peers),
              membership,
              loop,
              blocking,
              LinkSettings.DEFAULT.with(QUICK),
              new SplittableRandom(log.self().hashCode()),
              () -> System.nanoTime() / 1_000_000,
              () -> System.currentTimeMillis() + clockOffset);
      nodes.add(this);
      link.start();
    }

    boolean isUp(String peer) {
      PeerStatus status = link.status().get(peer);
      return status != null && status.isUp();
    }

    PeerStatus status(String peer) {
      return Objects.requireNonNull(link.status().get(peer));
    }

    @Override
    public void close() {
      link.close();
      loop.close();
    }
  }

  private static FakeLog log(String name) {
    return new FakeLog(new ReplicaId(name, 1));
  }

  @AfterEach
  void stop() {
    nodes.forEach(Node::close);
    wire.shutdownNow();
    blocking.shutdownNow();
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private void awaitEqual() {
    await()
        .atMost(LIMIT)
        .until(() -> nodes.stream().map(node -> node.log.held()).distinct().count() == 1);
  }

  @Test
  void writes_of_three_nodes_at_once_are_on_all_of_them() throws Exception {
    Node a = new Node(log("a"), 0, "b", "c");
    Node b = new Node(log("b"), 0, "a", "c");
    Node c = new Node(log("c"), 0, "a", "b");
    List<Thread> writers = new ArrayList<>();
    for (Node node : List.of(a, b, c)) {
      Thread writer =
          new Thread(
              () -> {
                for (int i = 0; i < 2_000; i++) {
                  synchronized (node.log) {
                    node.log.write("row " + i);
                  }
                }
              });
      writer.start();
      writers.add(writer);
    }
    for (Thread writer : writers) {
      writer.join(20_000);
    }
    awaitEqual();
    assertThat(a.log.held().get(new ReplicaId("c", 1))).isEqualTo(2_000);
    for (Node node : nodes) {
      assertThat(node.link.reports()).isEmpty();
    }
    await().atMost(LIMIT).until(() -> a.status("b").acknowledged() == 2_000);
    await()
        .atMost(LIMIT)
        .until(
            () -> {
              a.log.write("one more");
              return a.status("b").roundTripMillis() >= 0;
            });
  }

  @Test
  void an_event_larger_than_many_frames_comes_through() {
    Node a = new Node(log("a"), 0, "b");
    new Node(log("b"), 0, "a");
    byte[] large = new byte[5_000_000];
    new Random(1).nextBytes(large);
    synchronized (a.log) {
      a.log.commit(List.of(a.log.nextOwn(large)));
    }
    a.log.write("small");
    awaitEqual();
  }

  @Test
  void a_peer_that_is_away_is_lost_and_met_again() {
    Node a = new Node(log("a"), 0, "b");
    Node b = new Node(log("b"), 0, "a");
    await().atMost(LIMIT).until(() -> a.isUp("b") && b.isUp("a"));
    away.add("b");
    await().atMost(LIMIT).until(() -> a.membership.lost.contains("b") && !a.isUp("b"));
    a.log.write("meanwhile");
    away.clear();
    awaitEqual();
    await().atMost(LIMIT).until(() -> a.membership.met().size() >= 2);
    assertThat(a.membership.met().get(0).greeting()).isEqualTo("from b~1");
  }

  @Test
  void questions_are_answered_refused_or_time_out() {
    Node a = new Node(log("a"), 0, "b");
    Node b = new Node(log("b"), 0, "a");
    await().atMost(LIMIT).until(() -> a.isUp("b") && b.isUp("a"));
    b.link.onAsk(
        "echo",
        (from, body) ->
            CompletableFuture.completedFuture(
                (from + " " + new String(body, StandardCharsets.UTF_8))
                    .getBytes(StandardCharsets.UTF_8)));
    b.link.onAsk(
        "fails", (from, body) -> CompletableFuture.failedFuture(new PeerException("not today")));
    b.link.onAsk("silent", (from, body) -> new CompletableFuture<>());
    byte[] body = "hello".getBytes(StandardCharsets.UTF_8);
    assertThat(get(a.link.ask("b", "echo", body, LIMIT)))
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("a~1 hello");
    byte[] large = new byte[3_000_000];
    assertThat(get(a.link.ask("b", "echo", large, LIMIT))).hasSize(3_000_000 + 4);
    assertThatThrownBy(() -> get(a.link.ask("b", "fails", body, LIMIT)))
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(PeerException.class)
        .hasMessageContaining("b: not today");
    assertThatThrownBy(() -> get(a.link.ask("b", "what", body, LIMIT)))
        .hasMessageContaining("nobody answers questions about 'what'");
    assertThatThrownBy(() -> get(a.link.ask("x", "echo", body, LIMIT)))
        .hasMessageContaining("no peer has the name 'x'");
    assertThatThrownBy(() -> get(a.link.ask("b", "silent", body, Duration.ofMillis(50))))
        .hasCauseInstanceOf(TimeoutException.class)
        .hasMessageContaining("no answer from b about silent");
    CompletionStage<byte[]> waiting = a.link.ask("b", "silent", body, LIMIT);
    away.add("b");
    assertThatThrownBy(() -> get(waiting)).hasMessageContaining("b is out of reach");
  }

  @Test
  void an_entity_is_read_from_a_peer_page_by_page_to_repair_it() {
    Node a = new Node(log("a"), 0, "b");
    Node b = new Node(log("b"), 0, "a");
    await().atMost(LIMIT).until(() -> a.isUp("b") && b.isUp("a"));
    for (int i = 0; i < 12_000; i++) {
      b.log.write("x");
    }
    List<LogRow> rows = new ArrayList<>();
    EntityPage page = new EntityPage(List.of(), 0, false);
    int pages = 0;
    while (!page.isLast()) {
      page = get(a.link.entityRows("b", "note|3", page.lastPosition(), LIMIT));
      rows.addAll(page.rows());
      pages++;
    }
    assertThat(rows).hasSize(1_200);
    assertThat(pages).isGreaterThan(1);
    assertThat(rows.get(1_199).lsn()).isEqualTo(11_993);
    assertThat(get(a.link.entityRows("b", "note|none", 0, LIMIT)))
        .isEqualTo(new EntityPage(List.of(), 0, true));
  }

  @Test
  void a_clock_that_is_off_is_seen_on_both_sides() {
    Node a = new Node(log("a"), 0, "b");
    Node b = new Node(log("b"), 600_000, "a");
    await().atMost(LIMIT).until(() -> a.isUp("b") && b.isUp("a"));
    await().atMost(LIMIT).until(() -> a.link.clockSkew("b").orElse(0) > 590_000);
    await().atMost(LIMIT).until(() -> b.link.clockSkew("a").orElse(0) < -590_000);
    assertThat(a.status("b").clockIsOff()).isTrue();
    assertThat(a.link.clockSkew("nobody")).isEmpty();
  }

  @Test
  void peers_can_be_added_and_removed_and_strangers_are_not_listened_to() {
    Node a = new Node(log("a"), 0);
    Node b = new Node(log("b"), 0, "a");
    b.log.write("one");
    await().atMost(LIMIT).until(() -> receivers.containsKey("b"));
    assertThat(a.link.peers()).isEmpty();
    a.loop.execute(() -> a.link.addPeer("b", "somewhere:1"));
    awaitEqual();
    assertThatThrownBy(() -> a.link.addPeer("a", "somewhere:1"))
        .isInstanceOf(IllegalArgumentException.class);
    a.loop.execute(() -> a.link.removePeer("b"));
    await().atMost(LIMIT).until(() -> a.membership.lost.contains("b"));
    b.log.write("two");
    await().atMost(LIMIT).until(() -> !b.isUp("a"));
    assertThat(a.log.held().get(new ReplicaId("b", 1))).isEqualTo(1);
  }

  @Test
  void messages_about_the_set_of_replicas_come_with_who_sent_them() {
    Node a = new Node(log("a"), 0, "b");
    Node b = new Node(log("b"), 0, "a");
    await().atMost(LIMIT).until(() -> a.isUp("b") && b.isUp("a"));
    a.loop.execute(() -> a.link.send("b", "news".getBytes(StandardCharsets.UTF_8)));
    await().atMost(LIMIT).until(() -> b.membership.came.contains("a~1: news"));
    CompletableFuture<Object> who = new CompletableFuture<>();
    a.loop.execute(
        () -> who.complete(List.of(a.link.replicaOf("b").orElseThrow(), a.link.isReachable("b"))));
    assertThat(get(who)).isEqualTo(List.of(new ReplicaId("b", 1), true));
  }

  @Test
  void a_peer_of_another_version_and_nonsense_are_reported_once_and_nothing_else_happens() {
    Node a = new Node(log("a"), 0, "b");
    Node b = new Node(log("b"), 0, "a");
    await().atMost(LIMIT).until(() -> a.isUp("b") && b.isUp("a"));
    Consumer<byte[]> receiver = Objects.requireNonNull(receivers.get("a"));
    // Versions 7 to 9, sender b~1, a session, and then what nobody knows.
    byte[] foreign = {0, 7, 9, 1, 'b', 1, 0, 0, 0, 0, 0, 0, 0, 1, 55, 55};
    for (int i = 0; i < 5; i++) {
      receiver.accept(foreign);
      receiver.accept(new byte[] {0, 1, 1, 1, 'b', 1, 99});
      receiver.accept(new byte[] {7});
    }
    await().atMost(LIMIT).until(() -> !a.link.reports().isEmpty());
    b.log.write("still here");
    awaitEqual();
    assertThat(a.link.reports())
        .singleElement()
        .satisfies(
            report -> {
              assertThat(report.kind()).isEqualTo(LinkReport.Kind.INCOMPATIBLE);
              assertThat(report.detail()).contains("b speaks versions 7 to 9", "this node 1 to 1");
            });
  }

  @Test
  void a_log_that_was_there_before_the_link_is_sent_from_the_database() {
    FakeLog full = log("a");
    for (int i = 0; i < 20_000; i++) {
      full.write("old " + i);
    }
    new Node(full, 0, "b");
    Node b = new Node(log("b"), 0, "a");
    awaitEqual();
    ReplicaLog there = b.log;
    assertThat(there.held()).isEqualTo(VersionVector.of(Map.of(new ReplicaId("a", 1), 20_000L)));
    assertThat(full.reads()).isLessThan(20_000 / 1_000);
  }
}
