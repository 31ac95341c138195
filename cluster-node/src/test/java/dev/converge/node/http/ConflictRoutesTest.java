package dev.converge.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.conflict.Escalation;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.Judged;
import dev.converge.node.entity.CounterType;
import dev.converge.node.http.Requests.Answer;
import dev.converge.pekko.EntityKey;
import dev.converge.pekko.OpenConflict;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConflictRoutesTest {
  private static final Dot ONE = new Dot(FakeEntities.R1, 3);
  private static final Dot OTHER = new Dot(FakeEntities.R2_AGAIN, 1);

  private final FakeEntities entities = new FakeEntities();
  private final Router router = new Router();
  private final Requests requests = new Requests(router);

  @BeforeEach
  void routes() {
    entities.state = BigInteger.TEN;
    entities.conflicts = List.of(conflict("c/1"), conflict("d"));
    entities.conflicted =
        List.of(
            new EntityKey("counter", "c/1"),
            new EntityKey("counter", "d"),
            new EntityKey("own-type", "e"));
    new ConflictRoutes(entities, new HostedTypes(List.of(new CounterType()))).addTo(router);
  }

  @AfterEach
  void close() {
    requests.close();
  }

  private static OpenConflict<CounterType.Added> conflict(String id) {
    Decision.Escalate<CounterType.Added> escalate = new Decision.Escalate<>("both at once", false);
    return new OpenConflict<>(
        "counter",
        id,
        Escalation.of(OTHER, escalate, List.of(ONE), List.of()),
        List.of(side(ONE, Decision.apply()), side(OTHER, escalate)),
        FakeEntities.TOKEN);
  }

  private static Judged<CounterType.Added> side(Dot dot, Decision<CounterType.Added> decision) {
    return new Judged<>(
        ReplicatedEvent.of(
            dot,
            new HybridTimestamp(1_000, 0),
            CausalContext.empty(),
            1,
            null,
            new CounterType.Added(BigInteger.ONE),
            new byte[0]),
        decision,
        null);
  }

  private JsonNode list(String query) throws Exception {
    return requests.call("GET", "/v1/conflicts" + query, "").body();
  }

  private Answer decide(String choose, String... headers) throws Exception {
    String id = list("").get("conflicts").get(0).get("id").textValue();
    entities.asked.clear();
    return requests.call("POST", "/v1/conflicts/" + id, "{'choose':" + choose + "}", headers);
  }

  @Test
  void whatWaitsIsListedWithItsSidesAndWhatASeerHasSeen() throws Exception {
    JsonNode conflicts = list("").get("conflicts");
    assertThat(conflicts).hasSize(2);
    JsonNode first = conflicts.get(0);
    assertThat(first.get("entity").textValue()).isEqualTo("c/1");
    assertThat(first.get("reason").textValue()).isEqualTo("both at once");
    assertThat(first.get("applied").booleanValue()).isFalse();
    assertThat(first.get("context").textValue()).isEqualTo(FakeEntities.TOKEN.text());
    assertThat(first.get("sides").findValuesAsText("side"))
        .containsExactly("node-1:3", "node-2~2:1");
    assertThat(first.get("sides").get(1).toString())
        .startsWith(
            "{\"side\":\"node-2~2:1\",\"open\":true,\"dot\":{\"replica\":\"node-2~2\",\"seq\":1}")
        .contains("\"decision\":\"escalated\"", "\"event\":{\"event\":\"incremented\"");
  }

  @Test
  void theListIsPaged() throws Exception {
    JsonNode page = list("?limit=1");
    assertThat(page.get("conflicts")).hasSize(1);
    assertThat(page.get("next").textValue()).isEqualTo("counter/c/1");
    JsonNode rest = list("?limit=2&after=counter/c/1");
    assertThat(rest.get("conflicts").findValuesAsText("entity")).containsExactly("d");
    assertThat(rest.get("next").isNull()).isTrue();
  }

  @Test
  void aSideIsChosenByItsName() throws Exception {
    Answer answer = decide("'node-2~2:1'");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.headers()).containsKey("Converge-Context");
    assertThat(entities.asked)
        .containsExactly(
            "conflicts counter/c/1", "decide counter/c/1 " + OTHER + " Side[side=" + OTHER + "]");
    assertThat(entities.lastOptions().seen()).isNull();
  }

  @Test
  void itCanStayAsItIsOrBecomeSomethingElse() throws Exception {
    decide("'as-it-is'", "Converge-Context", FakeEntities.TOKEN.text());
    assertThat(entities.asked.get(1)).endsWith("AsItIs[]");
    assertThat(entities.lastOptions().seen()).isEqualTo(FakeEntities.TOKEN);
    decide("{'command':'increment','by':4}");
    assertThat(entities.asked.get(1)).endsWith("Instead[command=Add[by=4]]");
  }

  @Test
  void whatIsNoChoiceIsRefusedWithWhatIsOne() throws Exception {
    for (String choose : List.of("'node-1:4'", "7", "null", "{'command':'jump'}")) {
      Answer answer = decide(choose);
      assertThat(answer.status()).as(choose).isEqualTo(400);
      assertThat(entities.asked).containsExactly("conflicts counter/c/1");
    }
    assertThat(decide("'node-1:4'").detail())
        .contains("node-1:3", "node-2~2:1", "as-it-is", "a command");
  }

  @Test
  void aConflictThatIsSettledOrUnknownIsSaidToBe() throws Exception {
    String id = list("").get("conflicts").get(0).get("id").textValue();
    entities.conflicts = List.of();
    Answer settled = requests.call("POST", "/v1/conflicts/" + id, "{'choose':'as-it-is'}");
    assertThat(settled.status()).isEqualTo(409);
    assertThat(settled.detail()).contains("does not wait any more");
    for (String unknown : List.of("x", "a%20b", new ConflictId("none", "c", ONE).text(), "YS9i")) {
      assertThat(
              requests.call("POST", "/v1/conflicts/" + unknown, "{'choose':'as-it-is'}").status())
          .as(unknown)
          .isEqualTo(404);
    }
  }
}
