package dev.converge.multinode.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.multinode.MultiNode;
import dev.converge.multinode.suite.Http.Answer;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The HTTP contract of errors, of the node itself, and of its description. */
@ThreeNodes
class HttpContractTest extends HttpContract {
  HttpContractTest(MultiNode group) {
    super(group);
  }

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
