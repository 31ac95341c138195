package dev.converge.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.converge.node.cli.local.FreePorts;
import dev.converge.node.config.NodeConfig;
import dev.converge.node.config.NodeConfig.Endpoint;
import dev.converge.node.metrics.PrometheusText;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One whole node, and what it tells of itself. */
class MetricsOverHttpTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String ANSWERS = "converge_http_request_duration_seconds_count";

  @TempDir private Path folder;
  private URI url;
  private ConvergeNode node;

  @BeforeEach
  void start() throws Exception {
    int port = FreePorts.row(2, new Random());
    url = URI.create("http://127.0.0.1:" + port);
    node =
        ConvergeNode.start(
            new NodeConfig(
                "node-1",
                folder,
                new Endpoint("127.0.0.1", port),
                new Endpoint("127.0.0.1", port + 1),
                List.of(),
                1 << 20,
                false,
                Map.of()),
            ConfigFactory.empty());
  }

  @AfterEach
  void stop() {
    node.stop();
  }

  private HttpResponse<String> send(String method, String path, String body) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(url.resolve(path))
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private Map<String, Double> scrape() throws Exception {
    HttpResponse<String> response = send("GET", "/metrics", "");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/plain; version=0.0.4");
    PrometheusText text = PrometheusText.of(response.body());
    assertThat(text.complaints()).isEmpty();
    return text.samples();
  }

  private static String answers(String method, String route, int status) {
    return String.format(
        "%s{method=\"%s\",route=\"%s\",status=\"%d\"}", ANSWERS, method, route, status);
  }

  @Test
  void valuesMoveWithWhatTheNodeDoesAndRequestsAreTakenTogetherByRoute() throws Exception {
    Map<String, Double> before = scrape();
    for (int i = 0; i < 3; i++) {
      send("POST", "/v1/data/key-" + i, "{\"type\":\"gcounter\",\"op\":\"increment\"}");
      send("POST", "/v1/entities/counter/c" + i, "{\"command\":\"increment\"}");
    }
    send("POST", "/v1/data/key-1", "no JSON");
    send("GET", "/nothing/here", "");
    send("BREW", "/v1/data/key-1", "");
    Map<String, Double> after = scrape();

    assertThat(after)
        .containsEntry(answers("POST", "/v1/data/{key}", 200), 3.0)
        .containsEntry(answers("POST", "/v1/data/{key}", 400), 1.0)
        .containsEntry(answers("POST", "/v1/entities/{type}/{id}", 200), 3.0)
        .containsEntry(answers("none", "none", 404), 1.0)
        .containsEntry(answers("GET", "/metrics", 200), 1.0)
        .containsEntry("converge_http_requests_under_way", 1.0)
        .containsEntry("converge_store_keys", 3.0)
        .containsEntry("converge_entities_live", 3.0)
        .containsKeys("converge_finality_lag_seconds", "converge_replica_accepts_writes");
    assertThat(after.keySet()).noneMatch(series -> series.contains("key-"));
    String written = "converge_log_rows_written_total";
    assertThat(Objects.requireNonNull(after.get(written)))
        .isGreaterThanOrEqualTo(Objects.requireNonNull(before.get(written)) + 3);
  }
}
