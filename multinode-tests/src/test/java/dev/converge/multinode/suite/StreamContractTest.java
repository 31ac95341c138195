package dev.converge.multinode.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.multinode.MultiNode;
import dev.converge.multinode.suite.Http.Answer;
import java.net.URI;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The HTTP contract of what is followed: events, a socket, the feed. */
@ThreeNodes
class StreamContractTest extends HttpContract {
  StreamContractTest(MultiNode group) {
    super(group);
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
  void changesOfManyKeysComeAsServerSentEvents() throws Exception {
    one.post("/v1/data/many%2Fa", "{'type':'gcounter','op':'increment'}");
    nodes.await("node-2 has it", () -> two.get("/v1/data/many%2Fa").status() == 200);
    assertThat(events(two, "/v1/data?prefix=many%2F", 1).get(1))
        .isEqualTo("data: {\"key\":\"many/a\",\"type\":\"gcounter\",\"value\":1}");
    assertThat(two.get("/v1/data?prefix=many%2F").body().get("keys")).hasSize(1);
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
}
