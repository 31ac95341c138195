package dev.converge.multinode.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.client.Command;
import dev.converge.client.ConvergeClient;
import dev.converge.client.Entity;
import dev.converge.client.NoAnswerException;
import dev.converge.client.ProblemException;
import dev.converge.client.Read;
import dev.converge.client.StoreClient;
import dev.converge.client.Subscription;
import dev.converge.client.Write;
import dev.converge.multinode.MultiNode;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The Java client against three nodes, of which some are down. */
@ThreeNodes
class ClientTest extends Scenario {
  ClientTest(MultiNode group) {
    super(group);
  }

  private URI url(int node) {
    return URI.create(cluster.node(node).http().base());
  }

  private ConvergeClient client(int... order) {
    List<URI> urls = new ArrayList<>();
    for (int node : order) {
      urls.add(url(node));
    }
    return ConvergeClient.builder().nodes(urls).timeout(Duration.ofSeconds(20)).build();
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }

  @Test
  void countersCartsDocumentsAndTheStoreAreTyped() {
    ConvergeClient client = client(1, 2, 3);
    assertThat(join(client.counter("client-c").increment(5))).isEqualTo(BigInteger.valueOf(5));
    assertThat(join(client.counter("client-c").decrement(7))).isEqualTo(BigInteger.valueOf(-2));
    assertThat(join(client.cart("client-cart").add("tea", 2)).items())
        .containsEntry("tea", BigInteger.TWO);
    assertThat(join(client.document("profile", "client-d").patch(Map.of("a", 1))).fields())
        .containsKey("a");
    assertThat(join(client.store().increment("client-hits", 3))).isEqualTo(BigInteger.valueOf(3));
    join(client.store().add("client-set", "x"));
    assertThat(join(client.store().get("client-set")).map(StoreClient.Value::value))
        .hasValueSatisfying(value -> assertThat(value).hasToString("[\"x\"]"));
    assertThat(join(client.store().delete("client-set"))).isTrue();
    assertThat(join(client.store().get("client-set", Read.SESSION))).isEmpty();
    assertThat(join(client.store().get("client-hits", Read.SESSION))).isPresent();
    assertThat(join(client.store().get("client-set"))).isEmpty();
    assertThatThrownBy(() -> join(client.entities("counter").run("client-c", Command.of("grow"))))
        .hasCauseInstanceOf(ProblemException.class)
        .hasMessageContaining("grow");
  }

  @Test
  void aSessionSeesItsWritesAtAnotherNode() {
    ConvergeClient client = client(1, 2);
    for (int i = 1; i <= 10; i++) {
      Entity answer =
          join(client.entities("counter").run("client-m", Command.of("increment"), Write.MAJORITY));
      assertThat(answer.state().path("value").asInt()).isEqualTo(i);
    }
    cluster.node(1).kill();
    assertThat(join(client.counter("client-m").increment(1))).isEqualTo(BigInteger.valueOf(11));
    cluster.node(1).start();
    nodes.awaitCounted("node-1 is back", "client-m", 11, all);
  }

  @Test
  void whatIsSentWhileANodeDiesCountsOnce() {
    ConvergeClient client = client(2, 3, 1);
    List<CompletionStage<Entity>> answers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      answers.add(client.entities("counter").run("client-once", Command.of("increment")));
      if (i == 100) {
        cluster.node(2).kill();
      }
    }
    answers.forEach(ClientTest::join);
    cluster.node(2).start();
    nodes.awaitCounted("each once", "client-once", 200, all);
  }

  @Test
  void nobodyAnswersIsSaid() {
    ConvergeClient nobody =
        ConvergeClient.builder()
            .nodes(List.of(URI.create("http://127.0.0.1:1")))
            .timeout(Duration.ofMillis(500))
            .build();
    assertThatThrownBy(() -> join(nobody.counter("x").get()))
        .hasCauseInstanceOf(NoAnswerException.class);
  }

  @Test
  void theFeedAndChangesGoOnAtAnotherNodeWhenOneDies() {
    ConvergeClient client = client(3, 1, 2);
    List<String> feed = new CopyOnWriteArrayList<>();
    List<Long> values = new CopyOnWriteArrayList<>();
    try (Subscription all = client.feed("end", event -> feed.add(String.valueOf(event)));
        Subscription one =
            client
                .entities("counter")
                .watch("client-w", entity -> values.add(entity.state().path("value").asLong()))) {
      nodes.await("the subscription has begun", () -> !values.isEmpty());
      join(client.counter("client-w").increment(1));
      nodes.await("1 is seen", () -> values.contains(1L));
      nodes.await(
          "1 is in the feed", () -> feed.stream().anyMatch(event -> event.contains("client-w")));
      cluster.node(3).kill();
      join(client.counter("client-w").increment(1));
      nodes.await("2 is seen", () -> values.contains(2L));
      cluster.node(3).start();
      nodes.await(
          "both are in the feed, once",
          () -> feed.stream().filter(event -> event.contains("client-w")).count() == 2);
      assertThat(all.ended().toCompletableFuture()).isNotDone();
      assertThat(one.ended().toCompletableFuture()).isNotDone();
    }
  }
}
