package dev.converge.multinode.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.multinode.MultiNode;
import dev.converge.multinode.suite.Http.Answer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The HTTP contract of entities, line by line. */
@ThreeNodes
class EntityContractTest extends HttpContract {
  EntityContractTest(MultiNode group) {
    super(group);
  }

  @Test
  void countersCartsAndDocumentsDoTheirCommands() {
    String counter = "/v1/entities/counter/cmd";
    one.post(counter, "{'command':'increment','by':123456789012345678901234567890}");
    assertThat(
            one.post(counter, "{'command':'decrement','by':123456789012345678901234567889}")
                .body()
                .get("state")
                .toString())
        .isEqualTo("{\"value\":1}");
    String cart = "/v1/entities/cart/cmd";
    one.post(cart, "{'command':'add','item':'A','quantity':2}");
    one.post(cart, "{'command':'add','item':'B'}");
    one.post(cart, "{'command':'setQuantity','item':'C','quantity':7}");
    one.post(cart, "{'command':'remove','item':'B'}");
    assertThat(one.post(cart, "{'command':'remove','item':'absent'}").status()).isEqualTo(200);
    Answer out = one.post(cart, "{'command':'checkout'}");
    assertThat(out.body().get("state").toString())
        .isEqualTo("{\"items\":{\"A\":2,\"C\":7},\"checkedOut\":true}");
    assertThat(one.post(cart, "{'command':'add','item':'D'}").status()).isEqualTo(422);
    for (String type : List.of("note", "profile")) {
      String document = "/v1/entities/" + type + "/cmd";
      one.post(document, "{'command':'patch','fields':{'a':1,'b':{'c':[]}}}");
      one.post(document, "{'command':'patch','fields':{'a':2}}");
      assertThat(one.get(document).body().get("state").toString())
          .isEqualTo("{\"fields\":{\"a\":2,\"b\":{\"c\":[]}},\"deleted\":false}");
      one.post(document, "{'command':'replace','fields':{'z':null}}");
      Answer deleted = one.post(document, "{'command':'delete'}");
      assertThat(deleted.body().at("/state/deleted").asBoolean()).isTrue();
    }
  }

  @Test
  void anAnswerHasTheShapeOfTheContractAndTheEmptyStateIsOne() {
    Answer empty = one.get("/v1/entities/counter/nobody-has-written");
    assertThat(empty.status()).isEqualTo(200);
    assertThat(empty.body().get("version").toString()).isEqualTo("{}");
    assertThat(empty.body().get("state").toString()).isEqualTo("{\"value\":0}");
    Answer answer = one.post("/v1/entities/counter/shape%20%C3%BC", "{'command':'increment'}");
    assertThat(fields(answer.body())).containsExactly("id", "type", "state", "version", "final");
    assertThat(answer.body().get("id").asText()).isEqualTo("shape ü");
    assertThat(answer.body().get("version").toString()).isEqualTo("{\"node-1\":1}");
    assertThat(answer.header("Converge-Context")).matches("[A-Za-z0-9_-]+");
    nodes.await(
        "it is final",
        () -> one.get("/v1/entities/counter/shape%20%C3%BC").body().get("final").asBoolean());
  }

  @Test
  void aSessionSeesWhatItHasWrittenAtAnyNodeAndAcrossEntities() {
    String[] context = {"Converge-Context", ""};
    for (int i = 0; i < 20; i++) {
      Http node = List.of(one, two, three).get(i % 3);
      String path = "/v1/entities/counter/session-" + i % 2;
      Answer answer =
          context[1].isEmpty()
              ? node.post(path, "{'command':'increment'}")
              : node.post(path, "{'command':'increment'}", context);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body().at("/state/value").asInt()).isEqualTo(i / 2 + 1);
      String session = answer.header("Converge-Session");
      context[1] = session.isEmpty() ? answer.header("Converge-Context") : session;
    }
    for (Http node : List.of(one, two, three)) {
      Answer seen =
          node.get("/v1/entities/counter/session-0?consistency=session&timeout=10s", context);
      assertThat(seen.body().at("/state/value").asInt()).isEqualTo(10);
    }
    assertThat(three.get("/v1/entities/counter/session-0?consistency=majority").status())
        .isEqualTo(200);
    assertThat(three.get("/v1/entities/counter/session-0?consistency=session").status())
        .isEqualTo(400);
    for (String write : List.of("local", "majority", "3")) {
      assertThat(
              one.post(
                      "/v1/entities/counter/levels?write=" + write + "&timeout=10s",
                      "{'command':'increment'}")
                  .status())
          .as(write)
          .isEqualTo(200);
    }
    Answer tooFew =
        one.post("/v1/entities/counter/levels?write=9&timeout=300ms", "{'command':'increment'}");
    assertThat(tooFew.status()).isEqualTo(503);
    assertThat(tooFew.header("Retry-After")).isNotEmpty();
    assertThat(tooFew.detail()).contains("stands locally");
  }

  @Test
  void aTypesLevelsAreThoseOfTheConfiguration() {
    // leveled.write = 9: more than there are, so it is said that the write stands only here.
    Answer tooFew =
        one.post("/v1/entities/leveled/l?timeout=300ms", "{'command':'patch','fields':{'a':1}}");
    assertProblem(tooFew, 503, "stands locally");
    assertThat(
            one.post("/v1/entities/leveled/l?write=local", "{'command':'patch','fields':{'a':2}}")
                .status())
        .isEqualTo(200);
  }

  @Test
  void aRequestCountsOnceAndMayAskForNoBody() {
    String body = "{'type':'gcounter','op':'increment'}";
    for (int i = 0; i < 3; i++) {
      assertThat(one.post("/v1/data/once", body, "Idempotency-Key", "k-1").body().get("value"))
          .hasToString("1");
    }
    assertThat(one.post("/v1/data/twice", body, "Idempotency-Key", "k-1").status()).isEqualTo(422);
    Answer minimal = one.post("/v1/data/once", body, "Prefer", "return=minimal");
    assertThat(minimal.status()).isEqualTo(204);
    assertThat(minimal.header("Preference-Applied")).isEqualTo("return=minimal");
    String command = "{'command':'increment'}";
    String path = "/v1/entities/counter/once";
    one.post(path, command, "Idempotency-Key", "e-1");
    two.post(path, command, "Idempotency-Key", "e-1");
    one.post(path, command);
    for (Http node : List.of(one, two, three)) {
      nodes.await("it counts once", () -> value(node, path) == 2);
    }
  }

  @Test
  void historiesAndIdsComeInPages() {
    for (int i = 0; i < 5; i++) {
      one.post("/v1/entities/counter/page-" + i, "{'command':'increment','by':" + (i + 1) + "}");
      one.post("/v1/entities/counter/page-0", "{'command':'increment'}");
    }
    JsonNode page = one.get("/v1/entities/counter/page-0/history?from=2&limit=2").body();
    assertThat(page.get("events")).hasSize(2);
    assertThat(page.get("next").asInt()).isEqualTo(4);
    assertThat(page.get("truncatedBefore").asInt()).isZero();
    assertThat(fields(page.at("/events/0")))
        .contains("dot", "time", "dependencies", "event", "decision", "reason", "concurrentWith");
    assertThat(page.at("/events/0/dot").toString()).isEqualTo("{\"replica\":\"node-1\",\"seq\":3}");
    assertThat(page.at("/events/0/time").asText()).matches("\\d+\\.\\d+");
    nodes.await(
        "the ids are at node-2",
        () ->
            ids(two, "prefix=page-")
                .equals("[\"page-0\",\"page-1\",\"page-2\",\"page-3\"," + "\"page-4\"]"));
    assertThat(ids(two, "prefix=page-&limit=2&after=page-1")).isEqualTo("[\"page-2\",\"page-3\"]");
  }

  private static String ids(Http node, String query) {
    return node.get("/v1/entities/counter?" + query).body().path("ids").toString();
  }

  @Test
  void aConflictWaitsForAPersonAndIsDecidedOverHttp() {
    String cart = "/v1/entities/cart/decide";
    one.post(cart, "{'command':'add','item':'A'}");
    nodes.await("node-3 has it", () -> three.get(cart).body().at("/state/items/A").asInt() == 1);
    nodes.cut(3, 1, 2);
    one.post(cart, "{'command':'checkout'}");
    assertThat(three.post(cart, "{'command':'add','item':'B'}").status()).isEqualTo(200);
    nodes.heal();
    nodes.await("all know of the conflict", () -> conflict(two) != null);
    JsonNode conflict = Objects.requireNonNull(conflict(two));
    assertThat(conflict.get("sides")).hasSizeGreaterThan(1);
    String side = conflict.at("/sides/1/side").asText();
    assertThat(two.post("/v1/conflicts/" + conflict.get("id").asText(), "{'choose':'no'}").status())
        .isEqualTo(400);
    Answer decided =
        two.post("/v1/conflicts/" + conflict.get("id").asText(), "{'choose':'" + side + "'}");
    assertThat(decided.status()).as(decided.response().body()).isEqualTo(200);
    nodes.await("nothing waits any more", () -> conflict(one) == null && conflict(three) == null);
    assertThat(two.post("/v1/conflicts/bm9uZQ", "{'choose':'as-it-is'}").status()).isEqualTo(404);
  }

  private static @Nullable JsonNode conflict(Http node) {
    for (JsonNode one : node.get("/v1/conflicts").body().path("conflicts")) {
      if (one.get("entity").asText().equals("decide")) {
        return one;
      }
    }
    return null;
  }

  @Test
  void anEntityIsErasedEverywhereWithItsHistoryAndForGood() {
    String path = "/v1/entities/note/person";
    one.post(path, "{'command':'patch','fields':{'mail':'jane@example.org'}}");
    nodes.await("node-3 has it", () -> three.get(path).body().at("/state/fields/mail").isTextual());
    String start = two.get("/v1/feed?from=end&limit=1").body().path("next").asText();
    assertField(two.post(path + "/erase", "{'reason':''}"), "reason");
    Answer erased = two.post(path + "/erase?write=majority", "{'reason':'asked for'}");
    assertThat(erased.status()).as(erased.response().body()).isEqualTo(200);
    assertThat(erased.body().at("/erased/by").asText()).isEqualTo("node-2");
    for (Http node : List.of(one, two, three)) {
      nodes.await("it is gone", () -> node.get(path).status() == 410);
      for (String part : List.of("", "/history", "/export")) {
        Answer gone = node.get(path + part);
        assertProblem(gone, 410, "erased");
        assertThat(gone.body().get("erased")).isEqualTo(erased.body().get("erased"));
        assertThat(gone.response().body()).doesNotContain("jane");
      }
      assertProblem(node.post(path, "{'command':'patch','fields':{'a':1}}"), 410, "erased");
      assertThat(node.get("/v1/entities/note?prefix=person").body().get("ids")).isEmpty();
      nodes.await(
          "the feed says so",
          () -> {
            JsonNode events = node.get("/v1/feed?type=note&from=" + start).body().get("events");
            return events.size() == 1
                && events.at("/0/decision").asText().equals("erased")
                && events.at("/0/id").asText().equals("person");
          });
    }
    assertThat(three.post(path + "/erase", "{'reason':'again'}").body().get("erased"))
        .isEqualTo(erased.body().get("erased"));
  }
}
