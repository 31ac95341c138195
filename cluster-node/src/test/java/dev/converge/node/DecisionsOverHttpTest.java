package dev.converge.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.ConfigFactory;
import dev.converge.node.cli.local.FreePorts;
import dev.converge.node.config.NodeConfig;
import dev.converge.node.config.NodeConfig.DocumentTypeConfig;
import dev.converge.node.config.NodeConfig.Endpoint;
import dev.converge.node.config.NodeConfig.OnCreateCreate;
import dev.converge.node.config.NodeConfig.OnDeleteUpdate;
import dev.converge.node.config.NodeConfig.Peer;
import dev.converge.node.config.NodeConfig.Resolver;
import dev.converge.node.json.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two whole nodes that are cut off from each other, and a person who decides, over HTTP only. */
class DecisionsOverHttpTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir static Path folder;
  private static Peer one;
  private static Peer two;
  private static ConvergeNode first;
  private static ConvergeNode second;

  @BeforeAll
  static void start() throws Exception {
    int port = FreePorts.row(4, new Random());
    one = peer("node-1", port);
    two = peer("node-2", port + 2);
    first = ConvergeNode.start(config(one, two), ConfigFactory.empty());
    second = ConvergeNode.start(config(two, one), ConfigFactory.empty());
    post(one, "/v1/entities/counter/met", "{'command':'increment'}");
    await(() -> get(two, "/v1/entities/counter/met").at("/state/value").asInt() == 1);
  }

  @AfterAll
  static void stop() {
    first.stop();
    second.stop();
  }

  private static Peer peer(String name, int port) {
    return new Peer(name, new Endpoint("127.0.0.1", port), new Endpoint("127.0.0.1", port + 1));
  }

  private static NodeConfig config(Peer self, Peer other) {
    return new NodeConfig(
        self.name(),
        folder.resolve(self.name()),
        self.http(),
        self.remote(),
        List.of(other),
        1 << 20,
        true,
        Map.of(
            "contract",
            new DocumentTypeConfig(
                Resolver.MANUAL, OnDeleteUpdate.DELETE_WINS, OnCreateCreate.MERGE)));
  }

  private static HttpResponse<byte[]> send(Peer to, String method, String path, String body)
      throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + to.http() + path))
            .method(
                method,
                body.isEmpty()
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofString(body.replace('\'', '"')))
            .header("Content-Type", "application/json")
            .build();
    return HTTP.send(request, BodyHandlers.ofByteArray());
  }

  private static JsonNode ok(Peer to, String method, String path, String body) throws Exception {
    HttpResponse<byte[]> response = send(to, method, path, body);
    assertThat(response.statusCode()).as(new String(response.body(), UTF_8)).isEqualTo(200);
    return Json.read(response.body());
  }

  private static JsonNode post(Peer to, String path, String body) throws Exception {
    return ok(to, "POST", path, body);
  }

  private static JsonNode get(Peer from, String path) throws Exception {
    return ok(from, "GET", path, "");
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime()).as("within " + LIMIT).isLessThan(end);
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  private static void whileApart(Callable<?> work) throws Exception {
    send(one, "POST", "/v1/faults/partition", "{'from':['node-2']}");
    work.call();
    send(one, "DELETE", "/v1/faults", "");
  }

  /** The open conflicts of an entity, as a node shows them. */
  private static List<JsonNode> conflicts(Peer at, String entity) throws Exception {
    List<JsonNode> found = new ArrayList<>();
    for (JsonNode conflict : get(at, "/v1/conflicts").get("conflicts")) {
      if (conflict.get("entity").textValue().equals(entity)) {
        found.add(conflict);
      }
    }
    return found;
  }

  private static JsonNode awaitConflict(Peer at, String entity) throws Exception {
    await(() -> conflicts(at, entity).size() == 1);
    return conflicts(at, entity).get(0);
  }

  private static void awaitBoth(String entity, String path, String state) throws Exception {
    for (Peer at : List.of(one, two)) {
      await(
          () ->
              conflicts(at, entity).isEmpty()
                  && get(at, path).get("state").toString().equals(state.replace('\'', '"')));
    }
  }

  @Test
  void anAdditionToACartThatIsCheckedOutMeanwhileIsDecided() throws Exception {
    String path = "/v1/entities/cart/c";
    post(one, path, "{'command':'add','item':'tea'}");
    await(() -> get(two, path).at("/state/items/tea").asInt() == 1);
    whileApart(
        () -> {
          post(one, path, "{'command':'checkout'}");
          return post(two, path, "{'command':'add','item':'milk','quantity':2}");
        });
    JsonNode conflict = awaitConflict(one, "c");
    assertThat(conflict.get("applied").booleanValue()).isTrue();
    awaitConflict(two, "c");
    JsonNode answer =
        post(two, "/v1/conflicts/" + conflict.get("id").textValue(), "{'choose':'node-1:2'}");
    assertThat(answer.get("state").toString())
        .isEqualTo("{\"items\":{\"tea\":1},\"checkedOut\":true}");
    awaitBoth("c", path, "{'items':{'tea':1},'checkedOut':true}");
    HttpResponse<byte[]> again =
        send(
            one,
            "POST",
            "/v1/conflicts/" + conflict.get("id").textValue(),
            "{'choose':'as-it-is'}");
    assertThat(again.statusCode()).isEqualTo(409);
  }

  @Test
  void aDocumentWrittenTwiceIsDecidedByASideOrByANewValue() throws Exception {
    String path = "/v1/entities/contract/d";
    post(one, path, "{'command':'patch','fields':{'title':'old','pages':3}}");
    await(() -> get(two, path).at("/state/fields/pages").asInt() == 3);
    for (String choose : List.of("'THE-HELD'", "{'command':'patch','fields':{'title':'third'}}")) {
      whileApart(
          () -> {
            post(one, path, "{'command':'patch','fields':{'title':'first'}}");
            return post(two, path, "{'command':'patch','fields':{'title':'second'}}");
          });
      JsonNode conflict = awaitConflict(two, "d");
      JsonNode held = conflict.get("sides").get(0);
      if (!held.get("decision").textValue().equals("escalated")) {
        held = conflict.get("sides").get(1);
      }
      String title = held.at("/event/fields/title").textValue();
      JsonNode answer =
          post(
              two,
              "/v1/conflicts/" + conflict.get("id").textValue(),
              "{'choose':" + choose.replace("THE-HELD", held.get("side").textValue()) + "}");
      String wanted = choose.startsWith("{") ? "third" : title;
      assertThat(answer.at("/state/fields/title").textValue()).isEqualTo(wanted);
      awaitBoth("d", path, "{'fields':{'pages':3,'title':'" + wanted + "'},'deleted':false}");
    }
  }
}
