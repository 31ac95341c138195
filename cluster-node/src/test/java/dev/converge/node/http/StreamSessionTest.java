package dev.converge.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.node.entity.CounterType;
import dev.converge.node.json.Json;
import dev.converge.node.store.Consistency;
import dev.converge.node.store.Key;
import dev.converge.node.store.ReplicatedStore;
import dev.converge.node.store.StoreLimits;
import dev.converge.node.store.StoreType;
import dev.converge.pekko.EntityDamagedException;
import dev.converge.pekko.NodeClock;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * One connection of the stream, over a store that is alone and entities that are told what to say.
 */
class StreamSessionTest {
  private final FakeEntities entities = new FakeEntities();
  private final ReplicatedStore store =
      new ReplicatedStore(
          "n1", () -> 1, new NodeClock(() -> 1_000), 3, StoreLimits.DEFAULT, Runnable::run);
  private final StreamSession session =
      new StreamSession(store, entities, new HostedTypes(List.of(new CounterType())));

  @BeforeEach
  void state() {
    entities.state = BigInteger.TEN;
  }

  private void send(String message) {
    session.message(message.replace('\'', '"'));
  }

  private JsonNode next() throws Exception {
    String text =
        session.outbox().next().toCompletableFuture().get(5, TimeUnit.SECONDS).orElse("{}");
    return Json.read(text.getBytes(StandardCharsets.UTF_8));
  }

  private void increment(String key) {
    store
        .update(
            Key.of(key, StoreType.GCOUNTER),
            (counter, writer) -> counter.increment(writer.replica(), BigInteger.ONE),
            Consistency.LOCAL)
        .toCompletableFuture()
        .join();
  }

  @Test
  void keysPrefixesAndEntitiesGoOverOneConnection() throws Exception {
    send("{'subscribe':'k','key':'hits'}");
    assertThat(next().toString())
        .startsWith("{\"subscription\":\"k\",\"event\":\"")
        .endsWith("\"data\":{\"key\":\"hits\",\"value\":null}}");
    increment("hits");
    assertThat(next().at("/data/value").intValue()).isEqualTo(1);
    send("{'subscribe':'p','prefix':'hi'}");
    assertThat(next().toString()).startsWith("{\"subscription\":\"p\"").contains("\"value\":1");
    send("{'subscribe':'e','type':'counter','id':'c'}");
    while (entities.changes.getNumberOfSubscribers() == 0) {
      Thread.onSpinWait();
    }
    entities.changes.submit(entities.entity("c"));
    assertThat(next().at("/data/state/value").intValue()).isEqualTo(10);
    assertThat(session.size()).isEqualTo(3);
    send("{'unsubscribe':'k'}");
    assertThat(next().toString()).isEqualTo("{\"unsubscribed\":\"k\"}");
    increment("hits");
    assertThat(next().toString()).startsWith("{\"subscription\":\"p\"").contains("\"value\":2");
  }

  @Test
  void whoHasTheStateAlreadyIsToldWhatComesAfterIt() throws Exception {
    increment("hits");
    send("{'subscribe':'a','key':'hits'}");
    String event = next().get("event").textValue();
    send("{'subscribe':'b','key':'hits','last':'" + event + "'}");
    send("{'unsubscribe':'a'}");
    assertThat(next().toString()).contains("unsubscribed");
    increment("hits");
    assertThat(next().toString()).startsWith("{\"subscription\":\"b\"").contains("\"value\":2");
  }

  @Test
  void aMistakeIsAnsweredAndEndsNothing() throws Exception {
    for (String bad :
        List.of(
            "no json",
            "{}",
            "{'subscribe':''}",
            "{'subscribe':'x'}",
            "{'subscribe':'x','key':''}",
            "{'subscribe':'x','type':'nothing','id':'c'}",
            "{'subscribe':'x','key':'k','more':1}",
            "{'unsubscribe':'x'}")) {
      send(bad);
      JsonNode problem = next().get("problem");
      assertThat(problem).as(bad).isNotNull();
      assertThat(problem.get("status").intValue()).as(bad).isBetween(400, 404);
    }
    send("{'subscribe':'x','key':'k'}");
    assertThat(next().get("data")).isNotNull();
    send("{'subscribe':'x','key':'k'}");
    assertThat(next().at("/problem/detail").textValue()).contains("already");
  }

  @Test
  void anEntityThatStopsEndsItsSubscriptionAlone() throws Exception {
    send("{'subscribe':'e','type':'counter','id':'c'}");
    while (entities.changes.getNumberOfSubscribers() == 0) {
      Thread.onSpinWait();
    }
    entities.changes.closeExceptionally(new EntityDamagedException("row 3 is damaged"));
    JsonNode told = next();
    assertThat(told.get("subscription").textValue()).isEqualTo("e");
    assertThat(told.at("/problem/status").intValue()).isEqualTo(503);
    assertThat(session.size()).isZero();
  }

  @Test
  void theEndOfTheConnectionEndsAllSubscriptions() throws Exception {
    send("{'subscribe':'e','type':'counter','id':'c'}");
    while (entities.changes.getNumberOfSubscribers() == 0) {
      Thread.onSpinWait();
    }
    session.close();
    while (entities.changes.getNumberOfSubscribers() > 0) {
      entities.changes.submit(entities.entity("c"));
      Thread.onSpinWait();
    }
    assertThat(next().isEmpty()).isTrue();
    send("{'subscribe':'k','key':'hits'}");
    assertThat(session.size()).isZero();
  }
}
