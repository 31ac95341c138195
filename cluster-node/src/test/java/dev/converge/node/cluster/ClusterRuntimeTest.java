package dev.converge.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.converge.node.config.NodeConfig;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSelection;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.PoisonPill;
import org.apache.pekko.actor.Props;
import org.apache.pekko.actor.Terminated;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two nodes over real sockets in this JVM. */
class ClusterRuntimeTest {
  private static final Duration LIMIT = Duration.ofSeconds(40);

  private final List<String> events = new CopyOnWriteArrayList<>();
  private final List<NodeConfig> configs = LocalNode.configs(2);
  private LocalNode one;
  private LocalNode two;

  @BeforeAll
  static void sendSomeMessagesOnTheLargeStream() {
    System.setProperty("pekko.remote.artery.large-message-destinations.0", "/user/large");
    ConfigFactory.invalidateCaches();
  }

  @BeforeEach
  void formACluster() {
    one = new LocalNode(configs.get(0));
    two = new LocalNode(configs.get(1), new Recorder());
    awaitTogether();
  }

  @AfterEach
  void stop() {
    one.close();
    two.close();
  }

  @Test
  void twoNodesFormOneClusterUnderOneIdAndNameTheSameLeader() {
    assertThat(one.runtime.view().clusterId()).isEqualTo(two.runtime.view().clusterId());
    assertThat(two.runtime.view().leader()).contains("node-1");
    assertThat(events).containsExactly("started");
  }

  @Test
  void aCutByOneSideStopsEveryStreamInBothDirectionsAndAHealRestoresIt() {
    List<String> atOne = sink(one, "ordinary");
    List<String> largeAtOne = sink(one, "large");
    List<String> atTwo = sink(two, "ordinary");
    List<String> largeAtTwo = sink(two, "large");
    List<List<String>> sinks = List.of(atOne, largeAtOne, atTwo, largeAtTwo);
    ActorRef mortal = one.runtime.system().actorOf(Props.create(Sink.class, atOne), "mortal");
    List<String> deaths = new CopyOnWriteArrayList<>();
    two.runtime.system().actorOf(Props.create(Watcher.class, remote(two, one, "mortal"), deaths));
    await().atMost(LIMIT).until(() -> deaths.contains("watching"));
    sendAll("before");
    await().atMost(LIMIT).until(() -> all("before", sinks));

    two.runtime.faults().cut(Set.of("node-1"));
    sendAll("during");
    mortal.tell(PoisonPill.getInstance(), ActorRef.noSender());
    await().atMost(LIMIT).until(() -> !one.sees("node-2") && !two.sees("node-1"));
    assertThat(deaths).containsExactly("watching");

    two.runtime.faults().heal();
    await().atMost(LIMIT).until(() -> one.sees("node-2") && two.sees("node-1"));
    await()
        .atMost(LIMIT)
        .until(
            () -> {
              sendAll("after");
              return all("after", sinks);
            });
    await().atMost(LIMIT).until(() -> deaths.contains("dead"));
    for (List<String> got : sinks) {
      assertThat(got).doesNotContain("during");
    }
    assertThat(events).as("no merge was needed").containsExactly("started");
  }

  @Test
  void aNodeThatWasRemovedAliveHandsOverAndComesBackWithANewSystem() {
    UUID id = one.runtime.view().clusterId();
    ActorSystem before = two.runtime.system();
    one.runtime.remove("node-2");
    await().atMost(LIMIT).until(() -> events.size() == 3);
    assertThat(events).containsExactly("started", "stopping", "started");
    awaitTogether();
    assertThat(two.runtime.view().clusterId()).isEqualTo(id);
    assertThat(two.runtime.system()).isNotSameAs(before);
    assertThat(before.whenTerminated().isCompleted()).isTrue();
  }

  @Test
  void aStopLeavesTheClusterAndTellsTheListeners() {
    two.close();
    assertThat(events).containsExactly("started", "stopping");
    await().atMost(LIMIT).until(() -> one.runtime.view().members().size() == 1);
    assertThat(one.runtime.view().absent()).containsExactly("node-2");
  }

  @Test
  void mistakesGetClearErrors() {
    assertThatThrownBy(() -> one.runtime.remove("node-1")).hasMessageContaining("itself");
    assertThatThrownBy(() -> one.runtime.remove("node-9")).hasMessageContaining("no member");
    assertThatThrownBy(() -> one.runtime.faults().cut(Set.of("node-9")))
        .hasMessage("Cannot cut node-1 off from node-9: its peers are node-2");
    assertThatThrownBy(() -> ClusterRuntime.start(configs.get(0), ConfigFactory.empty(), List.of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Cannot listen for the cluster on " + configs.get(0).remote());
  }

  private void awaitTogether() {
    await()
        .atMost(LIMIT)
        .until(
            () ->
                one.sees("node-2")
                    && two.sees("node-1")
                    && one.runtime.view().clusterId() != null
                    && one.runtime.view().clusterId().equals(two.runtime.view().clusterId()));
  }

  private void sendAll(String text) {
    for (String name : List.of("ordinary", "large")) {
      remote(one, two, name).tell(text, ActorRef.noSender());
      remote(two, one, name).tell(text, ActorRef.noSender());
    }
  }

  private static boolean all(String text, List<List<String>> got) {
    return got.stream().allMatch(texts -> texts.contains(text));
  }

  private static ActorSelection remote(LocalNode from, LocalNode to, String name) {
    String address = to.runtime.view().member(to.runtime.view().self()).orElseThrow().address();
    return from.runtime.system().actorSelection("pekko://converge@" + address + "/user/" + name);
  }

  private static List<String> sink(LocalNode node, String name) {
    List<String> got = new CopyOnWriteArrayList<>();
    node.runtime.system().actorOf(Props.create(Sink.class, got), name);
    return got;
  }

  private final class Recorder implements ClusterListener {
    @Override
    public void systemStarted(ActorSystem system) {
      events.add("started");
    }

    @Override
    public CompletionStage<Void> systemStopping(ActorSystem system) {
      events.add("stopping");
      return CompletableFuture.completedStage(null);
    }
  }

  static final class Sink extends AbstractActor {
    private final List<String> got;

    Sink(List<String> got) {
      this.got = got;
    }

    @Override
    public Receive createReceive() {
      return receiveBuilder().match(String.class, got::add).build();
    }
  }

  /** Watches over the network, which is what the control stream carries. */
  static final class Watcher extends AbstractActor {
    private final ActorSelection watched;
    private final List<String> deaths;

    Watcher(ActorSelection watched, List<String> deaths) {
      this.watched = watched;
      this.deaths = deaths;
    }

    @Override
    public void preStart() {
      watched
          .resolveOne(Duration.ofSeconds(20))
          .thenAccept(ref -> getSelf().tell(ref, ActorRef.noSender()));
    }

    @Override
    public Receive createReceive() {
      return receiveBuilder()
          .match(
              ActorRef.class,
              ref -> {
                getContext().watch(ref);
                deaths.add("watching");
              })
          .match(Terminated.class, terminated -> deaths.add("dead"))
          .build();
    }
  }
}
