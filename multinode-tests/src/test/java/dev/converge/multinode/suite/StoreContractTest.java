package dev.converge.multinode.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.multinode.MultiNode;
import dev.converge.multinode.suite.Http.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The HTTP contract of the store, line by line. */
@ThreeNodes
class StoreContractTest extends HttpContract {
  private static final Pattern LIST = Pattern.compile("\\[([^]]*)]");

  StoreContractTest(MultiNode group) {
    super(group);
  }

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
}
