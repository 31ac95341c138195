package dev.converge.multinode.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.multinode.MultiNode;
import dev.converge.multinode.suite.Http.Answer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The HTTP contract, line by line, against three nodes in processes of their own. */
@ThreeNodes
class HttpContractTest extends Scenario {
  private static final Pattern LIST = Pattern.compile("\\[([^]]*)]");

  private final Http one = new Http(cluster.node(1));
  private final Http two = new Http(cluster.node(2));
  private final Http three = new Http(cluster.node(3));

  HttpContractTest(MultiNode group) {
    super(group);
  }

  // The store

  /** type, operations as they stand in a body, the value after them */
  private static final List<List<String>> STORE =
      List.of(
          List.of(
              "gcounter",
              "'op':'increment'",
              "'op':'increment','by':99999999999999999999",
              "100000000000000000000"),
          List.of("pncounter", "'op':'increment','by':5", "'op':'decrement','by':7", "-2"),
          List.of("gset", "'op':'add','element':'b'", "'op':'add','element':3", "[3,\"b\"]"),
          List.of(
              "orset",
              "'op':'add','element':'x'",
              "'op':'add','element':'y'",
              "'op':'remove','element':'x'",
              "[\"y\"]"),
          List.of(
              "rwset",
              "'op':'add','element':'x'",
              "'op':'add','element':'y'",
              "'op':'remove','element':'x'",
              "[\"y\"]"),
          List.of(
              "lwwset",
              "'op':'add','element':'x'",
              "'op':'add','element':'y'",
              "'op':'remove','element':'x'",
              "[\"y\"]"),
          List.of(
              "lwwregister",
              "'op':'set','value':1",
              "'op':'set','value':{'a':[null,1.5]}",
              "{\"a\":[null,1.5]}"),
          List.of("mvregister", "'op':'set','value':1", "'op':'set','value':'two'", "[\"two\"]"),
          List.of("ewflag", "'op':'enable'", "true"),
          List.of("dwflag", "'op':'enable'", "'op':'disable'", "false"),
          List.of(
              "lwwmap",
              "'op':'put','field':'a','value':1",
              "'op':'put','field':'b','value':2",
              "'op':'remove','field':'a'",
              "{\"b\":2}"),
          List.of(
              "boundedcounter",
              "'op':'increment','by':99999999999999999999",
              "'op':'decrement','by':99999999999999999990",
              "'op':'transfer','to':'node-3','by':4",
              "9"),
          List.of(
              "rga",
              "'op':'insert','index':0,'value':'b'",
              "'op':'insert','index':0,'value':1",
              "'op':'delete','index':1,'count':1",
              "[1]"),
          List.of(
              "text",
              "'op':'insert','index':0,'text':'hello'",
              "'op':'delete','index':1,'count':3",
              "\"ho\""));

  private TreeSet<String> typesOfTheNode() {
    String detail = one.post("/v1/data/x", "{'type':'no-such-type','op':'add'}").detail();
    Matcher list = LIST.matcher(detail);
    assertThat(list.find()).as(detail).isTrue();
    return new TreeSet<>(List.of(list.group(1).split(", ")));
  }

  @Test
  void everyTypeAndOperationOfTheStoreIsSeenByAllNodes() {
    TreeSet<String> known = typesOfTheNode();
    assertThat(known).contains("gcounter", "pncounter", "gset", "orset", "lwwregister");
    Map<String, String> expected = new TreeMap<>();
    for (List<String> line : STORE) {
      String type = line.get(0);
      if (known.contains(type)) {
        String path = "/v1/data/every%2F" + type;
        for (String op : line.subList(1, line.size() - 1)) {
          Answer answer = one.post(path, "{'type':'" + type + "'," + op + "}");
          assertThat(answer.status()).as(type + " " + op + " " + answer.body()).isEqualTo(200);
          assertThat(answer.body().get("key").asText()).isEqualTo("every/" + type);
          assertThat(answer.body().get("type").asText()).isEqualTo(type);
        }
        expected.put(path, line.get(line.size() - 1));
      }
    }
    expected.forEach(
        (path, value) -> {
          for (Http node : List.of(one, two, three)) {
            nodes.await(
                path + " is " + value,
                () -> node.get(path).body().path("value").toString().equals(value));
          }
        });
  }

  @Test
  void rightsToABoundedCounterAreHandedOnAndNobodyTakesMore() {
    String stock = "/v1/data/stock";
    String of = "{'type':'boundedcounter',";
    assertThat(one.post(stock, of + "'op':'increment','by':10}").status()).isEqualTo(200);
    nodes.await("node-2 has it", () -> two.get(stock).body().path("value").asInt() == 10);
    assertProblem(two.post(stock, of + "'op':'decrement'}"), 422, "rights to 0, not to 1");
    assertProblem(one.post(stock, of + "'op':'decrement','by':11}"), 422, "rights to 10");
    assertField(one.post(stock, of + "'op':'transfer','to':'node-1'}"), "to");
    assertField(one.post(stock, of + "'op':'transfer','to':'no name!'}"), "to");
    one.post(stock, of + "'op':'transfer','to':'node-2','by':4}");
    nodes.await(
        "node-2 can use what it was given",
        () -> two.post(stock, of + "'op':'decrement','by':3}").status() == 200);
    assertProblem(two.post(stock, of + "'op':'decrement','by':2}"), 422, "rights to 1, not to 2");
    assertThat(one.post(stock, of + "'op':'decrement','by':6}").status()).isEqualTo(200);
    for (Http node : List.of(one, two, three)) {
      nodes.await("1 is left", () -> node.get(stock).body().path("value").asInt() == 1);
    }
    assertField(
        one.post(
            "/v1/data/in-map",
            "{'type':'ormap','op':'update','field':'f','update':"
                + "{'type':'text','op':'insert','index':0,'text':'x'}}"),
        "update");
  }

  @Test
  void textsAndListsAreEditedAtAllNodesAndAnIndexOutOfRangeIsRefused() {
    String text = "/v1/data/edited-text";
    String insert = "{'type':'text','op':'insert','index':";
    assertThat(one.post(text, insert + "0,'text':'a😀c'}").body().get("value").asText())
        .isEqualTo("a😀c");
    assertField(one.post(text, insert + "4,'text':'x'}"), "index");
    assertField(one.post(text, "{'type':'text','op':'delete','index':2,'count':2}"), "index");
    nodes.await("node-2 has it", () -> "a😀c".equals(two.get(text).body().path("value").asText()));
    assertThat(two.post(text, insert + "2,'text':'b'}").status()).isEqualTo(200);
    for (Http node : List.of(one, two, three)) {
      nodes.await(
          "all have it", () -> "a😀bc".equals(node.get(text).body().path("value").asText()));
    }
    assertThat(three.call("DELETE", text, "").status()).isEqualTo(204);
    nodes.await("it is gone at node-1", () -> one.get(text).status() == 404);
    one.post(text, insert + "0,'text':'new'}");
    nodes.await("it is new", () -> "new".equals(three.get(text).body().path("value").asText()));
    String list = "/v1/data/edited-list";
    assertField(one.post(list, "{'type':'rga','op':'insert','index':1,'value':0}"), "index");
    assertField(one.post(list, "{'type':'rga','op':'delete','index':0}"), "index");
  }

  @Test
  void keysAreReadListedRemovedAndUsedAgain() {
    for (String level : List.of("local", "majority", "all")) {
      assertThat(
              one.post(
                      "/v1/data/lv-" + level + "?write=" + level + "&timeout=5s",
                      "{'type':'gcounter','op':'increment'}")
                  .status())
          .as(level)
          .isEqualTo(200);
      assertThat(two.get("/v1/data/lv-majority?read=" + level).status()).isIn(200, 404);
    }
    nodes.await("the keys are at node-3", () -> keys(three, "prefix=lv-").size() == 3);
    assertThat(keys(three, "prefix=lv-"))
        .containsExactly("lv-all gcounter", "lv-local gcounter", "lv-majority gcounter");
    assertThat(keys(three, "prefix=lv-&limit=1&after=lv-all")).containsExactly("lv-local gcounter");
    assertThat(three.get("/v1/data/lv-all?read=majority").body().get("value").asInt()).isEqualTo(1);
    Answer gone = three.delete("/v1/data/lv-all?write=majority");
    assertThat(gone.status()).isEqualTo(204);
    assertThat(gone.response().body()).isEmpty();
    assertThat(three.get("/v1/data/lv-all").status()).isEqualTo(404);
    assertThat(three.delete("/v1/data/lv-all").status()).isEqualTo(404);
    assertThat(three.post("/v1/data/lv-all", "{'type':'orset','op':'add','element':1}").status())
        .isEqualTo(200);
    assertThat(three.post("/v1/data/lv-all", "{'type':'gcounter','op':'increment'}").status())
        .isEqualTo(409);
  }

  private static List<String> keys(Http node, String query) {
    List<String> keys = new ArrayList<>();
    node.get("/v1/data?" + query)
        .body()
        .path("keys")
        .forEach(key -> keys.add(key.get("key").asText() + " " + key.get("type").asText()));
    return keys;
  }

  @Test
  void aBatchAnswersAResultOrAProblemForEach() {
    Answer batch =
        one.post(
            "/v1/data",
            "{'operations':[{'key':'b1','type':'gcounter','op':'increment'},"
                + "{'key':'b1','type':'orset','op':'add','element':1},"
                + "{'key':'b1','type':'gcounter','op':'increment','by':2}]}");
    assertThat(batch.status()).isEqualTo(200);
    assertThat(batch.body().at("/results/0/value").asInt()).isEqualTo(1);
    assertThat(batch.body().at("/results/1/status").asInt()).isEqualTo(409);
    assertThat(batch.body().at("/results/2/value").asInt()).isEqualTo(3);
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

  private static long value(Http node, String path) {
    return node.get(path).body().at("/state/value").asLong(-1);
  }

  // Entities

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

  private static List<String> fields(JsonNode node) {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
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

  // Streams

  private List<String> events(Http node, String path, int count, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(node.uri(path)).header("Accept", "text/event-stream");
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    List<String> lines = new ArrayList<>();
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                Http.CLIENT.send(request.build(), BodyHandlers.ofInputStream()).body(),
                StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith("id:") || line.startsWith("data:")) {
          lines.add(line);
        }
        if (lines.size() == 2 * count) {
          break;
        }
      }
    }
    return lines;
  }

  @Test
  void changesComeAsServerSentEventsAndGoOnWhereTheyEnded() throws Exception {
    String path = "/v1/entities/counter/sse";
    one.post(path, "{'command':'increment'}");
    nodes.await("it is final", () -> one.get(path).body().get("final").asBoolean());
    List<String> first = events(one, path + "/changes", 1);
    assertThat(first.get(1)).contains("\"value\":1").contains("\"context\"");
    nodes.await("it is final there", () -> two.get(path).body().get("final").asBoolean());
    two.post(path, "{'command':'increment'}");
    nodes.await("node-2 has both", () -> value(two, path) == 2);
    List<String> next =
        events(two, path + "/changes", 1, "Last-Event-ID", first.get(0).substring(4));
    assertThat(next.get(1)).contains("\"value\":2");
    one.post("/v1/data/sse", "{'type':'gcounter','op':'increment'}");
    assertThat(events(one, "/v1/data/sse/changes", 1).get(1))
        .isEqualTo("data: {\"key\":\"sse\",\"type\":\"gcounter\",\"value\":1}");
  }

  @Test
  void theFeedIsTheSameAtAllNodesAndEachEventComesOnce() throws Exception {
    String start = one.get("/v1/feed?from=end&limit=1").body().path("next").asText();
    for (int i = 0; i < 30; i++) {
      List.of(one, two, three)
          .get(i % 3)
          .post(
              "/v1/entities/counter/feed-" + i % 4, "{'command':'increment','by':" + (i + 1) + "}");
    }
    nodes.await("all is final everywhere", () -> ofFeed(one, start).size() == 30);
    nodes.await("at node-2", () -> ofFeed(two, start).equals(ofFeed(one, start)));
    nodes.await("at node-3", () -> ofFeed(three, start).equals(ofFeed(one, start)));
    assertThat(new TreeSet<>(ofFeed(one, start))).hasSize(30);
    List<String> pages = new ArrayList<>();
    String cursor = start;
    Answer page;
    do {
      page = two.get("/v1/feed?limit=7&type=counter&from=" + cursor);
      page.body().get("events").forEach(event -> add(pages, event));
      cursor = page.body().get("next").asText();
    } while (!page.body().get("end").asBoolean());
    assertThat(pages).isEqualTo(ofFeed(one, start));
    List<String> streamed = events(three, "/v1/feed?from=" + start, 3);
    List<String> resumed =
        events(one, "/v1/feed", 2, "Last-Event-ID", streamed.get(0).substring(4));
    assertThat(resumed).isEqualTo(streamed.subList(2, 6));
    assertThat(one.get("/v1/feed?from=nonsense").status()).isEqualTo(400);
  }

  private static List<String> ofFeed(Http node, String from) {
    List<String> found = new ArrayList<>();
    node.get("/v1/feed?limit=5000&from=" + from)
        .body()
        .path("events")
        .forEach(event -> add(found, event));
    return found;
  }

  private static void add(List<String> found, JsonNode event) {
    if (event.get("id").asText().startsWith("feed-")) {
      found.add(
          event.get("id").asText() + event.get("dot") + event.get("time") + event.get("event"));
    }
  }

  @Test
  void aWebSocketFollowsKeysAndEntities() throws Exception {
    BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    URI uri = URI.create(one.uri("/v1/stream").toString().replace("http:", "ws:"));
    WebSocket socket =
        Http.CLIENT
            .newWebSocketBuilder()
            .buildAsync(
                uri,
                new WebSocket.Listener() {
                  private final StringBuilder text = new StringBuilder();

                  @Override
                  public @Nullable CompletionStage<?> onText(
                      WebSocket from, CharSequence part, boolean last) {
                    text.append(part);
                    if (last) {
                      messages.add(text.toString());
                      text.setLength(0);
                    }
                    from.request(1);
                    return null;
                  }
                })
            .get(10, TimeUnit.SECONDS);
    socket.sendText("{\"subscribe\":\"a\",\"key\":\"ws\"}", true).join();
    assertThat(messages.poll(10, TimeUnit.SECONDS)).startsWith("{\"subscription\":\"a\"");
    socket.sendText("{\"subscribe\":\"b\",\"type\":\"counter\",\"id\":\"ws\"}", true).join();
    assertThat(messages.poll(10, TimeUnit.SECONDS)).contains("\"subscription\":\"b\"");
    two.post("/v1/data/ws", "{'type':'gcounter','op':'increment'}");
    assertThat(messages.poll(10, TimeUnit.SECONDS)).contains("\"value\":1");
    socket.sendText("nonsense", true).join();
    assertThat(messages.poll(10, TimeUnit.SECONDS)).contains("\"problem\"");
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    assertThat(one.get("/v1/stream").status()).isEqualTo(426);
  }

  // Errors

  @Test
  void everyErrorIsAProblemDocumentThatSaysWhatIsWrong() {
    String counter = "/v1/entities/counter/errors";
    String key = "/v1/data/errors";
    assertProblem(one.post(counter, "{nonsense"), 400, "JSON");
    assertProblem(one.post(counter, "[]"), 400, "object");
    assertField(one.post(counter, "{'command':'increment','by':'one'}"), "by");
    assertField(one.post(counter, "{'command':'increment','bye':1}"), "bye");
    assertField(one.post(counter, "{'command':'grow'}"), "command");
    assertField(one.post(key, "{'type':'gcounter','op':'grow'}"), "op");
    assertField(one.post(key, "{'type':'counter','op':'increment'}"), "type");
    assertParameter(one.get(counter + "?consistency=strong"), "consistency");
    assertParameter(one.get(counter + "?page=1"), "page");
    assertParameter(one.get(key + "?read=fast"), "read");
    assertParameter(one.get("/v1/data?limit=-1"), "limit");
    assertParameter(one.get(counter + "?timeout=2h"), "timeout");
    assertProblem(one.get("/v1/entities/nothing/x"), 404, "nothing");
    assertProblem(one.get(key), 404, "errors");
    assertProblem(one.get("/v2/data"), 404, "/v2/data");
    assertProblem(one.get("/v1/data/" + "k".repeat(513)), 400, "512");
    assertProblem(one.call("PUT", counter, "{}"), 405, "GET, POST");
    assertThat(one.call("PUT", counter, "{}").header("Allow")).isEqualTo("GET, POST");
    assertProblem(one.post(counter, "x=1", "Content-Type", "text/plain"), 415, "application/json");
    assertProblem(
        one.post(key, "{'type':'lwwregister','op':'set','value':'" + "v".repeat(1 << 20) + "'}"),
        413,
        "");
    assertThat(one.get(key).status()).isEqualTo(404);
  }

  private static void assertProblem(Answer answer, int status, String detail) {
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
    assertThat(fields(answer.body())).contains("type", "title", "status", "detail");
    assertThat(answer.body().get("status").asInt()).isEqualTo(status);
    assertThat(answer.detail()).contains(detail).doesNotContain("Exception", "\tat ");
  }

  private static void assertField(Answer answer, String field) {
    assertProblem(answer, 400, field);
    assertThat(answer.body().path("field").asText()).isEqualTo(field);
  }

  private static void assertParameter(Answer answer, String parameter) {
    assertProblem(answer, 400, parameter);
    assertThat(answer.body().path("parameter").asText()).isEqualTo(parameter);
  }

  // The ends of things

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

  @Test
  void keysThatNobodyWritesAreRemovedAtAllNodes() {
    one.post("/v1/data/expires%2Fa", "{'type':'gcounter','op':'increment'}");
    two.post("/v1/data/stays%2Fa", "{'type':'gcounter','op':'increment'}");
    nodes.await("node-3 has it", () -> three.get("/v1/data/expires%2Fa").status() == 200);
    for (Http node : List.of(one, two, three)) {
      nodes.await("it is gone", () -> node.get("/v1/data/expires%2Fa").status() == 404);
      assertThat(node.get("/v1/data/stays%2Fa").status()).isEqualTo(200);
    }
    assertThat(
            three.post("/v1/data/expires%2Fa", "{'type':'orset','op':'add','element':1}").status())
        .isEqualTo(200);
  }

  @Test
  void aSessionSeesWhatItHasWrittenToTheStoreAtAnyNode() {
    String[] context = {"Converge-Context", ""};
    List<Http> all = List.of(one, two, three);
    for (int i = 0; i < 30; i++) {
      String path = "/v1/data/sessions%2F" + i % 4;
      Http node = all.get(i % 3);
      Answer answer =
          i == 0
              ? node.post(path, "{'type':'gcounter','op':'increment'}")
              : node.post(path, "{'type':'gcounter','op':'increment'}", context);
      assertThat(answer.status()).isEqualTo(200);
      context[1] = session(answer);
      Answer seen = all.get((i + 1) % 3).get(path + "?read=session&timeout=10s", context);
      assertThat(seen.status()).as(seen.response().body()).isEqualTo(200);
      assertThat(seen.body().get("value").asInt()).isEqualTo(i / 4 + 1);
      context[1] = session(seen);
    }
    Answer gone = one.delete("/v1/data/sessions%2F0", context);
    context[1] = session(gone);
    for (Http node : List.of(two, three)) {
      assertThat(node.get("/v1/data/sessions%2F0?read=session&timeout=10s", context).status())
          .isEqualTo(404);
    }
    // One context for both.
    Answer entity = two.post("/v1/entities/counter/sessions", "{'command':'increment'}", context);
    assertThat(entity.status()).isEqualTo(200);
    assertThat(entity.header("Converge-Session")).contains(",s.");
    assertProblem(one.get("/v1/data/sessions%2F1?read=session"), 400, "Converge-Context");
    assertProblem(
        one.get("/v1/data/sessions%2F1?read=session", "Converge-Context", "s.x"),
        400,
        "Converge-Context");
  }

  private static String session(Answer answer) {
    String joined = answer.header("Converge-Session");
    return joined.isEmpty() ? answer.header("Converge-Context") : joined;
  }

  @Test
  void changesOfManyKeysComeAsServerSentEvents() throws Exception {
    one.post("/v1/data/many%2Fa", "{'type':'gcounter','op':'increment'}");
    nodes.await("node-2 has it", () -> two.get("/v1/data/many%2Fa").status() == 200);
    assertThat(events(two, "/v1/data?prefix=many%2F", 1).get(1))
        .isEqualTo("data: {\"key\":\"many/a\",\"type\":\"gcounter\",\"value\":1}");
    assertThat(two.get("/v1/data?prefix=many%2F").body().get("keys")).hasSize(1);
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

  // The node, and its description

  @Test
  void theNodeSaysWhoIsInTheClusterAndHowItIs() {
    JsonNode view = one.get("/v1/cluster").body();
    assertThat(view.get("self").asText()).isEqualTo("node-1");
    assertThat(view.get("members")).hasSize(3);
    assertThat(fields(view.at("/members/0"))).contains("replica", "address", "status", "reachable");
    assertThat(one.get("/health/live").status()).isEqualTo(200);
    assertThat(one.get("/health/ready").status()).isEqualTo(200);
  }

  @Test
  void metricsAreWhatPrometheusReadsAndMove() {
    String posts =
        "converge_http_request_duration_seconds_count"
            + "{method=\"POST\",route=\"/v1/data/{key}\",status=\"200\"}";
    String replicated = "converge_log_rows_replicated_total";
    one.post("/v1/data/metered", "{'type':'gcounter','op':'increment'}");
    double postsBefore = metric(one, posts);
    double replicatedBefore = metric(one, replicated);
    one.post("/v1/data/metered", "{'type':'gcounter','op':'increment'}");
    two.post("/v1/entities/counter/metered", "{'command':'increment'}");

    assertThat(metric(one, posts)).isEqualTo(postsBefore + 1);
    nodes.await(
        "an event of node-2 is counted at node-1",
        () -> metric(one, replicated) > replicatedBefore);
    nodes.await(
        "both links of node-1 stand",
        () ->
            metric(one, "converge_peer_up{peer=\"node-2\"}") == 1
                && metric(one, "converge_peer_up{peer=\"node-3\"}") == 1);
    assertThat(metrics(one).keySet()).noneMatch(series -> series.contains("metered"));
    Answer open = one.get("/metrics", "Accept", "application/openmetrics-text");
    assertThat(open.header("Content-Type")).startsWith("application/openmetrics-text");
  }

  private static double metric(Http node, String series) {
    return metrics(node).getOrDefault(series, Double.NaN);
  }

  private static Map<String, Double> metrics(Http node) {
    Answer answer = node.get("/metrics");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).startsWith("text/plain; version=0.0.4");
    Map<String, Double> samples = new TreeMap<>();
    for (String line : answer.response().body().lines().toList()) {
      if (!line.matches("# (HELP|TYPE) [a-z_]+ .+")) {
        assertThat(line).matches("[a-z_]+(\\{.+})? [^ ]+");
        int end = line.lastIndexOf(' ');
        samples.put(
            line.substring(0, end),
            Double.parseDouble(line.substring(end + 1).replace("Inf", "Infinity")));
      }
    }
    return samples;
  }

  @Test
  void theDescriptionAndTheRoutesAreTheSame() {
    TreeSet<String> routes = new TreeSet<>();
    one.get("/").body().get("routes").forEach(route -> routes.add(route.asText()));
    TreeSet<String> described = new TreeSet<>();
    JsonNode document = one.get("/v1/openapi.json").body();
    assertThat(document.get("openapi").asText()).startsWith("3.");
    document
        .get("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        operation -> {
                          String method = operation.getKey().toUpperCase(java.util.Locale.ROOT);
                          described.add(method + " " + path.getKey());
                          assertDescribed(method, path.getKey(), operation.getValue());
                        }));
    assertThat(described).isEqualTo(routes);
  }

  /** The parameters that a route names when it is asked with one that it does not know. */
  private void assertDescribed(String method, String path, JsonNode operation) {
    TreeSet<String> query = new TreeSet<>();
    TreeSet<String> placeholders = new TreeSet<>();
    for (JsonNode parameter : operation.get("parameters")) {
      if (parameter.get("in").asText().equals("query")) {
        query.add(parameter.get("name").asText());
      } else if (parameter.get("in").asText().equals("path")) {
        placeholders.add("{" + parameter.get("name").asText() + "}");
      }
    }
    Matcher names = Pattern.compile("\\{\\w+}").matcher(path);
    TreeSet<String> inPath = new TreeSet<>();
    while (names.find()) {
      inPath.add(names.group());
    }
    assertThat(placeholders).as(path).isEqualTo(inPath);
    if (!path.startsWith("/health")) {
      String asked =
          path.replace("{type}", "counter").replace("{key}", "k").replace("{id}", "described");
      String body = method.equals("POST") ? "{}" : "";
      Answer refused = one.call(method, asked + "?no-such-parameter=1", body);
      assertThat(refused.status()).as(method + " " + path).isEqualTo(400);
      String known = refused.detail().substring(refused.detail().indexOf("known here: "));
      assertThat(known).as(method + " " + path).isEqualTo("known here: " + query);
    }
  }
}
