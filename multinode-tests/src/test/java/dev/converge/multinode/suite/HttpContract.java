package dev.converge.multinode.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.multinode.MultiNode;
import dev.converge.multinode.suite.Http.Answer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What the tests of the HTTP contract share: three nodes in processes of their own. */
abstract class HttpContract extends Scenario {
  final Http one = new Http(cluster.node(1));
  final Http two = new Http(cluster.node(2));
  final Http three = new Http(cluster.node(3));

  HttpContract(MultiNode group) {
    super(group);
  }

  static List<String> fields(JsonNode node) {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  static long value(Http node, String path) {
    return node.get(path).body().at("/state/value").asLong(-1);
  }

  static String session(Answer answer) {
    String joined = answer.header("Converge-Session");
    return joined.isEmpty() ? answer.header("Converge-Context") : joined;
  }

  List<String> events(Http node, String path, int count, String... headers) throws Exception {
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

  static void assertProblem(Answer answer, int status, String detail) {
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
    assertThat(fields(answer.body())).contains("type", "title", "status", "detail");
    assertThat(answer.body().get("status").asInt()).isEqualTo(status);
    assertThat(answer.detail()).contains(detail).doesNotContain("Exception", "\tat ");
  }

  static void assertField(Answer answer, String field) {
    assertProblem(answer, 400, field);
    assertThat(answer.body().path("field").asText()).isEqualTo(field);
  }

  static void assertParameter(Answer answer, String parameter) {
    assertProblem(answer, 400, parameter);
    assertThat(answer.body().path("parameter").asText()).isEqualTo(parameter);
  }
}
