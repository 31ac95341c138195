package dev.converge.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.node.http.Requests.Answer;
import dev.converge.node.store.ReplicatedStore;
import dev.converge.node.store.StoreLimits;
import dev.converge.pekko.NodeClock;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The routes over a store that is alone. */
class StoreRoutesTest {
  private final Router router = new Router();
  private final Requests requests = new Requests(router);

  private long nanos;

  @BeforeEach
  void routes() {
    ReplicatedStore store =
        new ReplicatedStore(
            "n1",
            () -> 1,
            new NodeClock(() -> 1_000),
            3,
            StoreLimits.DEFAULT,
            ForkJoinPool.commonPool());
    new StoreRoutes(store, new RequestMemory(() -> nanos)).addTo(router);
  }

  @AfterEach
  void close() {
    requests.close();
  }

  private Answer call(String method, String uri, String body) throws Exception {
    return requests.call(method, uri, body);
  }

  private Answer post(String key, String body) throws Exception {
    return call("POST", "/v1/data/" + key, body);
  }

  @Test
  void everyTypeAndOperationAnswersWithItsValue() throws Exception {
    assertThat(post("g", "{'type':'gcounter','op':'increment'}").text())
        .isEqualTo("{\"key\":\"g\",\"type\":\"gcounter\",\"value\":1}");
    assertThat(post("g", "{'type':'gcounter','op':'increment','by':99999999999999999999}").text())
        .contains("\"value\":100000000000000000000");
    post("p", "{'type':'pncounter','op':'increment','by':5}");
    assertThat(post("p", "{'type':'pncounter','op':'decrement','by':7}").text())
        .contains("\"value\":-2");
    post("s", "{'type':'gset','op':'add','element':'b'}");
    post("s", "{'type':'gset','op':'add','element':10}");
    post("s", "{'type':'gset','op':'add','element':9.0}");
    assertThat(post("s", "{'type':'gset','op':'add','element':9}").text())
        .contains("\"value\":[9,10,\"b\"]");
    post("o", "{'type':'orset','op':'add','element':'x'}");
    assertThat(post("o", "{'type':'orset','op':'remove','element':'x'}").text())
        .contains("\"value\":[]");
    post("r", "{'type':'lwwregister','op':'set','value':{'z':[1.50,null],'a':'ü'}}");
    assertThat(call("GET", "/v1/data/r", "").text())
        .isEqualTo(
            "{\"key\":\"r\",\"type\":\"lwwregister\",\"value\":{\"z\":[1.5,null],\"a\":\"ü\"}}");
    assertThat(post("r", "{'type':'lwwregister','op':'set','value':null}").text())
        .contains("\"value\":null");
  }

  private String value(String key, String body) throws Exception {
    JsonNode answer = post(key, body).body();
    return String.valueOf(answer.get("value"));
  }

  @Test
  void setsFlagsMapsAndSiblingsHaveTheirOperations() throws Exception {
    for (String set : List.of("rwset", "lwwset")) {
      value(set, "{'type':'" + set + "','op':'add','element':'x'}");
      assertThat(value(set, "{'type':'" + set + "','op':'add','element':2}"))
          .isEqualTo("[2,\"x\"]");
      assertThat(value(set, "{'type':'" + set + "','op':'remove','element':'x'}")).isEqualTo("[2]");
      assertThat(value(set, "{'type':'" + set + "','op':'add','element':'x'}"))
          .isEqualTo("[2,\"x\"]");
    }
    for (String flag : List.of("ewflag", "dwflag")) {
      assertThat(value(flag, "{'type':'" + flag + "','op':'enable'}")).isEqualTo("true");
      assertThat(value(flag, "{'type':'" + flag + "','op':'disable'}")).isEqualTo("false");
    }
    value("mv", "{'type':'mvregister','op':'set','value':1}");
    assertThat(value("mv", "{'type':'mvregister','op':'set','value':{'a':2}}"))
        .isEqualTo("[{\"a\":2}]");
    value("m", "{'type':'lwwmap','op':'put','field':'b','value':[1]}");
    assertThat(value("m", "{'type':'lwwmap','op':'put','field':'a','value':null}"))
        .isEqualTo("{\"a\":null,\"b\":[1]}");
    assertThat(value("m", "{'type':'lwwmap','op':'remove','field':'b'}")).isEqualTo("{\"a\":null}");
  }

  @Test
  void aMapHoldsValuesOfAllTypesAlsoMaps() throws Exception {
    value(
        "o",
        "{'type':'ormap','op':'update','field':'n','update':{'type':'gcounter','op':'increment'}}");
    assertThat(
            value(
                "o",
                "{'type':'ormap','op':'update','field':'m','update':{'type':'ormap','op':'update',"
                    + "'field':'s','update':{'type':'orset','op':'add','element':'x'}}}"))
        .isEqualTo("{\"m\":{\"s\":[\"x\"]},\"n\":1}");
    assertThat(value("o", "{'type':'ormap','op':'remove','field':'n'}"))
        .isEqualTo("{\"m\":{\"s\":[\"x\"]}}");
    Answer clash =
        post(
            "o",
            "{'type':'ormap','op':'update','field':'m','update':{'type':'gset','op':'add',"
                + "'element':1}}");
    assertThat(clash.status()).isEqualTo(409);
    String deep = "{'type':'ewflag','op':'enable'}";
    for (int i = 0; i < 9; i++) {
      deep = "{'type':'ormap','op':'update','field':'f','update':" + deep + "}";
    }
    Answer tooDeep = post("deep", deep);
    assertThat(tooDeep.status()).isEqualTo(400);
    assertThat(tooDeep.text()).contains("at most 8");
    assertThat(post("o", "{'type':'ormap','op':'update','field':'x','update':3}").status())
        .isEqualTo(400);
  }

  @Test
  void aDeletedKeyIsUnknownAndCanBeUsedAgainWithAnyType() throws Exception {
    post("k", "{'type':'gcounter','op':'increment'}");
    assertThat(call("DELETE", "/v1/data/k", "").status()).isEqualTo(204);
    assertThat(call("GET", "/v1/data/k", "").status()).isEqualTo(404);
    assertThat(call("DELETE", "/v1/data/k", "").status()).isEqualTo(404);
    assertThat(post("k", "{'type':'orset','op':'add','element':'x'}").status()).isEqualTo(200);
    assertThat(post("k", "{'type':'gcounter','op':'increment'}"))
        .satisfies(
            a -> {
              assertThat(a.status()).isEqualTo(409);
              assertThat(a.detail()).contains("orset").contains("gcounter");
            });
  }

  @Test
  void badInputIsRefusedWithWordsAndNothingIsDone() throws Exception {
    for (String body :
        List.of(
            "",
            "{",
            "[]",
            "{}",
            "{'type':'gcounter'}",
            "{'type':1,'op':'increment'}",
            "{'type':'gcounter','op':'decrement'}",
            "{'type':'gcounter','op':'increment','by':-1}",
            "{'type':'gcounter','op':'increment','by':0}",
            "{'type':'gcounter','op':'increment','by':1.5}",
            "{'type':'gcounter','op':'increment','by':'1'}",
            "{'type':'gcounter','op':'increment','from':1}",
            "{'type':'gcounter','op':'increment','op':'increment'}",
            "{'type':'gset','op':'add'}",
            "{'type':'gset','op':'add','element':[1]}",
            "{'type':'gset','op':'add','element':1e2147483647}",
            "{'type':'gset','op':'add','element':1e-2147483647}",
            "{'type':'gset','op':'add','element':1e1001}",
            "{'type':'rga','op':'insert','value':1}",
            "{'type':'rga','op':'insert','index':0}",
            "{'type':'rga','op':'insert','index':1,'value':1}",
            "{'type':'rga','op':'delete','index':0}",
            "{'type':'text','op':'insert','index':99999999999999999999,'text':'x'}",
            "{'type':'text','op':'insert','index':-1,'text':'x'}",
            "{'type':'text','op':'insert','index':0,'text':'\\ud800'}",
            "{'type':'text','op':'insert','index':0,'text':7}",
            "{'type':'text','op':'delete','index':0,'count':0}",
            "{'type':'text','op':'delete','index':0,'count':2147483648}",
            "{'type':'boundedcounter','op':'transfer','by':1}",
            "{'type':'boundedcounter','op':'transfer','to':'no name!','by':1}",
            "{'type':'ormap','op':'update','field':'f','update':"
                + "{'type':'text','op':'insert','index':0,'text':'x'}}",
            "{'type':'lwwregister','op':'set'}",
            "{'type':'lwwregister','op':'set','value':NaN}",
            "{'type':'lwwregister','op':'set','value':1} 2")) {
      Answer answer = post("k", body);
      assertThat(answer.status()).as(body).isEqualTo(400);
      assertThat(answer.detail()).as(body).isNotEmpty();
    }
    assertThat(post("k", "{'type':'no-such-type','op':'insert'}").detail())
        .contains("[gcounter, pncounter, gset, orset, rwset, lwwset,", "ormap, boundedcounter,");
    assertThat(call("GET", "/v1/data/k", "").status()).isEqualTo(404);
    assertThat(post("k".repeat(513), "{'type':'gcounter','op':'increment'}").status())
        .isEqualTo(400);
    for (String uri :
        List.of(
            "/v1/data/k?read=some",
            "/v1/data/k?timeout=never",
            "/v1/data/k?write=all",
            "/v1/data?limit=0")) {
      assertThat(call("GET", uri, "").status()).as(uri).isEqualTo(400);
    }
  }

  @Test
  void listsAndTextsAreEditedByIndex() throws Exception {
    assertThat(post("t", "{'type':'text','op':'insert','index':0,'text':'a\uD83D\uDE00c'}").text())
        .contains("\"value\":\"a\uD83D\uDE00c\"");
    assertThat(post("t", "{'type':'text','op':'delete','index':1,'count':1}").text())
        .contains("\"value\":\"ac\"");
    assertThat(post("t", "{'type':'text','op':'insert','index':3,'text':'x'}"))
        .satisfies(
            a -> {
              assertThat(a.status()).isEqualTo(400);
              assertThat(a.detail()).contains("index 3", "0..2");
            });
    post("l", "{'type':'rga','op':'insert','index':0,'value':{'a':[null]}}");
    post("l", "{'type':'rga','op':'insert','index':0,'value':1}");
    assertThat(post("l", "{'type':'rga','op':'insert','index':1,'value':'x'}").text())
        .contains("\"value\":[1,\"x\",{\"a\":[null]}]");
    assertThat(post("l", "{'type':'rga','op':'delete','index':0,'count':2}").text())
        .contains("\"value\":[{\"a\":[null]}]");
    assertThat(post("l", "{'type':'rga','op':'delete','index':0,'count':2}").status())
        .isEqualTo(400);
  }

  @Test
  void nobodyTakesMoreOfABoundedCounterThanTheNodeHasRightsTo() throws Exception {
    post("q", "{'type':'boundedcounter','op':'increment','by':5}");
    assertThat(post("q", "{'type':'boundedcounter','op':'decrement','by':2}").text())
        .contains("\"value\":3");
    assertThat(post("q", "{'type':'boundedcounter','op':'decrement','by':4}"))
        .satisfies(
            a -> {
              assertThat(a.status()).isEqualTo(422);
              assertThat(a.detail()).contains("rights to 3, not to 4");
            });
    assertThat(post("q", "{'type':'boundedcounter','op':'transfer','to':'n9','by':3}").text())
        .contains("\"value\":3");
    assertThat(post("q", "{'type':'boundedcounter','op':'decrement'}").status()).isEqualTo(422);
  }

  @Test
  void valuesThatCannotTravelAreRefused() throws Exception {
    String large = "x".repeat(600_000);
    assertThat(post("k", "{'type':'lwwregister','op':'set','value':'" + large + "'}").status())
        .isEqualTo(413);
    assertThat(call("GET", "/v1/data/k", "").status()).isEqualTo(404);
  }

  @Test
  void aQuorumThatIsNotReachedSaysThatTheWriteStands() throws Exception {
    Answer write =
        call(
            "POST",
            "/v1/data/k?write=majority&timeout=50ms",
            "{'type':'gcounter','op':'increment'}");
    assertThat(write.status()).isEqualTo(503);
    assertThat(write.detail()).contains("the write stands locally and will spread");
    assertThat(call("GET", "/v1/data/k?read=all&timeout=50ms", "").status()).isEqualTo(503);
    assertThat(call("GET", "/v1/data/k", "").text()).contains("\"value\":1");
    assertThat(call("DELETE", "/v1/data/k?write=all&timeout=50ms", "").status()).isEqualTo(503);
    assertThat(call("GET", "/v1/data/k", "").status()).isEqualTo(404);
  }

  @Test
  void keysAreListedInOrderPageByPage() throws Exception {
    for (String key : List.of("b", "a2", "a1", "a3", "c")) {
      post(key, "{'type':'gcounter','op':'increment'}");
    }
    assertThat(call("GET", "/v1/data?prefix=a&limit=2", "").text())
        .isEqualTo(
            "{\"keys\":[{\"key\":\"a1\",\"type\":\"gcounter\"},{\"key\":\"a2\",\"type\":\"gcounter\"}]}");
    assertThat(call("GET", "/v1/data?prefix=a&limit=2&after=a2", "").text())
        .isEqualTo("{\"keys\":[{\"key\":\"a3\",\"type\":\"gcounter\"}]}");
    assertThat(call("GET", "/v1/data?prefix=none", "").text()).isEqualTo("{\"keys\":[]}");
  }

  @Test
  void aBatchAnswersForEachOperationAndGoesOnAfterAProblem() throws Exception {
    Answer answer =
        call(
            "POST",
            "/v1/data",
            "{'operations':[{'key':'k','type':'gcounter','op':'increment'},"
                + "{'key':'k','type':'gset','op':'add','element':1},"
                + "{'key':'k','type':'gcounter','op':'increment','by':-1},"
                + "{'key':'','type':'gcounter','op':'increment'},"
                + "7,"
                + "{'key':'k','type':'gcounter','op':'increment','by':4}]}");
    assertThat(answer.status()).isEqualTo(200);
    JsonNode results = answer.body().get("results");
    assertThat(results.findValuesAsText("status")).containsExactly("409", "400", "400", "400");
    assertThat(results.get(0).get("value").intValue()).isEqualTo(1);
    assertThat(results.get(5).get("value").intValue()).isEqualTo(5);
    assertThat(call("POST", "/v1/data", "{'operations':{}}").status()).isEqualTo(400);
    // Half a character is no text, so the body as a whole is no JSON that could be answered.
    assertThat(
            call(
                    "POST",
                    "/v1/data",
                    "{'operations':[{'key':'\\ud800','type':'gcounter','op':'increment'}]}")
                .status())
        .isEqualTo(400);
    assertThat(call("POST", "/v1/data", "{'operations':[],'more':1}").status()).isEqualTo(400);
  }

  @Test
  void changesBeginWithTheCurrentValueAndTellEachVisibleChange() throws Exception {
    SinkQueueWithCancel<ByteString> events = requests.events("/v1/data/k/changes");
    assertThat(Requests.next(events)).endsWith("\ndata: {\"key\":\"k\",\"value\":null}\n\n");
    post("k", "{'type':'orset','op':'add','element':1}");
    String added = Requests.next(events);
    assertThat(added).endsWith("\ndata: {\"key\":\"k\",\"type\":\"orset\",\"value\":[1]}\n\n");
    post("k", "{'type':'orset','op':'add','element':1}");
    String id = added.substring(4, added.indexOf('\n'));
    SinkQueueWithCancel<ByteString> again =
        requests.events("/v1/data/k/changes", "Last-Event-ID", id);
    call("DELETE", "/v1/data/k", "");
    assertThat(Requests.next(events)).endsWith("\ndata: {\"key\":\"k\",\"value\":null}\n\n");
    assertThat(Requests.next(again))
        .as("who has the state is told what comes after it")
        .endsWith("\ndata: {\"key\":\"k\",\"value\":null}\n\n");
    events.cancel();
    again.cancel();
  }

  @Test
  void aRequestThatComesAgainCountsOnceForSomeMinutes() throws Exception {
    String increment = "{'type':'gcounter','op':'increment'}";
    String[] key = {"Idempotency-Key", "abc-1"};
    Answer first = requests.call("POST", "/v1/data/n", increment, key);
    Answer again = requests.call("POST", "/v1/data/n", increment, key);
    assertThat(again).isEqualTo(first);
    assertThat(call("GET", "/v1/data/n", "").text()).contains("\"value\":1}");
    assertThat(requests.call("POST", "/v1/data/other", increment, key).status()).isEqualTo(422);
    requests.call("POST", "/v1/data/n", increment, "Idempotency-Key", "abc-2");
    assertThat(call("GET", "/v1/data/n", "").text()).contains("\"value\":2}");
    nanos = RequestMemory.KEPT.toNanos() + 1;
    requests.call("POST", "/v1/data/n", increment, key);
    assertThat(call("GET", "/v1/data/n", "").text()).contains("\"value\":3}");
  }

  @Test
  void aRequestThatDidNothingMayBeMendedAndSentAgainWithItsKey() throws Exception {
    String[] key = {"Idempotency-Key", "abc"};
    Answer refused = requests.call("POST", "/v1/data/n", "{'type':'gcounter','op':'grow'}", key);
    assertThat(refused.status()).isEqualTo(400);
    assertThat(
            requests
                .call("POST", "/v1/data/n", "{'type':'gcounter','op':'increment'}", key)
                .status())
        .isEqualTo(200);
  }

  @Test
  void aDeletionThatComesAgainIsNotAMissingKey() throws Exception {
    post("k", "{'type':'gcounter','op':'increment'}");
    String[] key = {"Idempotency-Key", "gone"};
    assertThat(requests.call("DELETE", "/v1/data/k", "", key).status()).isEqualTo(204);
    assertThat(requests.call("DELETE", "/v1/data/k", "", key).status()).isEqualTo(204);
    assertThat(call("DELETE", "/v1/data/k", "").status()).isEqualTo(404);
  }

  @Test
  void aProblemNamesTheFieldOrTheParameterThatIsWrong() throws Exception {
    assertThat(post("k", "{'type':'gcounter','op':'increment','by':-1}").body().get("field"))
        .hasToString("\"by\"");
    assertThat(post("k", "{'type':'gcounter','op':'increment','bye':1}").body().get("field"))
        .hasToString("\"bye\"");
    assertThat(post("k", "{'op':'increment'}").body().get("field")).hasToString("\"type\"");
    assertThat(post("k", "{'type':'counter','op':'increment'}").body().get("field"))
        .hasToString("\"type\"");
    assertThat(post("k", "{'type':'gcounter','op':'grow'}").body().get("field"))
        .hasToString("\"op\"");
    assertThat(call("GET", "/v1/data?limit=0", "").body().get("parameter"))
        .hasToString("\"limit\"");
    assertThat(call("GET", "/v1/data?page=1", "").body().get("parameter")).hasToString("\"page\"");
    Answer answer = call("PUT", "/v1/data/k", "{}");
    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.headers()).containsEntry("Allow", "DELETE, GET, POST");
  }

  @Test
  void changesOfAPrefixBeginWithAllItsKeysAndGoOnWithEachChange() throws Exception {
    post("a1", "{'type':'gcounter','op':'increment'}");
    post("a2", "{'type':'gcounter','op':'increment','by':2}");
    post("b1", "{'type':'gcounter','op':'increment'}");
    SinkQueueWithCancel<ByteString> events =
        requests.events("/v1/data?prefix=a", "Accept", "text/event-stream");
    assertThat(List.of(Requests.next(events), Requests.next(events)))
        .satisfiesExactlyInAnyOrder(
            one ->
                assertThat(one)
                    .endsWith("data: {\"key\":\"a1\",\"type\":\"gcounter\",\"value\":1}\n\n"),
            two ->
                assertThat(two)
                    .endsWith("data: {\"key\":\"a2\",\"type\":\"gcounter\",\"value\":2}\n\n"));
    post("b1", "{'type':'gcounter','op':'increment'}");
    call("DELETE", "/v1/data/a1", "");
    assertThat(Requests.next(events)).endsWith("data: {\"key\":\"a1\",\"value\":null}\n\n");
    post("a3", "{'type':'orset','op':'add','element':1}");
    assertThat(Requests.next(events)).contains("\"key\":\"a3\"");
    events.cancel();
    assertThat(requests.call("GET", "/v1/data?limit=1", "", "Accept", "text/event-stream").detail())
        .contains("limit");
  }

  @Test
  void answersSayWhatWasSeenAndASessionIsReadWithIt() throws Exception {
    Answer first = post("k", "{'type':'gcounter','op':'increment'}");
    String context = first.headers().get("Converge-Context");
    assertThat(context).startsWith("s.");
    assertThat(first.headers()).doesNotContainKey("Converge-Session");
    String entity = FakeEntities.TOKEN.text();
    Answer read =
        requests.call(
            "GET", "/v1/data/k?read=session", "", "Converge-Context", entity + "," + context);
    assertThat(read.status()).isEqualTo(200);
    assertThat(read.headers().get("Converge-Session")).isEqualTo(entity + "," + context);
    assertThat(call("GET", "/v1/data/k?read=session", "").detail()).contains("Converge-Context");
    assertThat(
            requests
                .call("GET", "/v1/data/k?read=session", "", "Converge-Context", "s.nonsense")
                .status())
        .isEqualTo(400);
    assertThat(call("DELETE", "/v1/data/k", "").headers()).containsKey("Converge-Context");
    Answer batch =
        call(
            "POST",
            "/v1/data",
            "{'operations':[{'key':'a','type':'gcounter','op':'increment'},{'key':'b'}]}");
    assertThat(batch.headers().get("Converge-Context")).startsWith("s.");
  }
}
