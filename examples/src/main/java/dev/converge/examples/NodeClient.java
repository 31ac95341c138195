package dev.converge.examples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * The HTTP API of one node. Calls are asynchronous and fail with a {@link NodeException} where the
 * node answers with an error. A call that the node has not taken (status 503, connection refused)
 * is tried again for some seconds; one whose outcome is unknown is not, because an operation such
 * as an increment would then count twice.
 *
 * <p>Immutable and thread-safe.
 */
public final class NodeClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int TRIES = 10;
  private static final long LONGEST_PAUSE_SECONDS = 5;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI url;
  private final HttpClient http;

  /** For the node at {@code url}; clients of several nodes share one {@code http}. */
  public NodeClient(URI url, HttpClient http) {
    this.url = url;
    this.http = http;
  }

  /** A client as the examples use it. */
  public static HttpClient newHttpClient() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(Duration.ofSeconds(5))
        .build();
  }

  /** Where the node is. */
  public URI url() {
    return url;
  }

  /** The answer to GET. */
  public CompletableFuture<JsonNode> get(String path) {
    return call(request(path).GET().build());
  }

  /** The answer to POST of {@code body} as JSON. */
  public CompletableFuture<JsonNode> post(String path, Map<String, ?> body) {
    try {
      return call(
          request(path)
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString(JSON.writeValueAsString(body)))
              .build());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("cannot be written as JSON: " + body, e);
    }
  }

  /** The answer to DELETE, most often nothing. */
  public CompletableFuture<JsonNode> delete(String path) {
    return call(request(path).DELETE().build());
  }

  /** A text as one segment of a path. */
  public static String segment(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(url.resolve(path)).timeout(TIMEOUT);
  }

  private CompletableFuture<JsonNode> call(HttpRequest request) {
    return attempt(request, TRIES).thenApply(response -> read(request, response));
  }

  private CompletableFuture<HttpResponse<String>> attempt(HttpRequest request, int tries) {
    return http.sendAsync(request, BodyHandlers.ofString())
        .handle(
            (response, failure) -> {
              boolean untaken =
                  failure == null
                      ? response.statusCode() == 503
                      : cause(failure) instanceof ConnectException;
              if (untaken && tries > 1) {
                long pause = failure == null ? pauseSeconds(response) : 1;
                return CompletableFuture.supplyAsync(
                        () -> attempt(request, tries - 1),
                        CompletableFuture.delayedExecutor(pause, TimeUnit.SECONDS))
                    .thenCompose(again -> again);
              }
              return failure == null
                  ? CompletableFuture.completedFuture(response)
                  : CompletableFuture.<HttpResponse<String>>failedFuture(cause(failure));
            })
        .thenCompose(next -> next);
  }

  private static long pauseSeconds(HttpResponse<String> response) {
    String value = response.headers().firstValue("Retry-After").orElse("1");
    return value.matches("[0-9]{1,4}")
        ? Math.min(LONGEST_PAUSE_SECONDS, Math.max(1, Long.parseLong(value)))
        : 1;
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  private static JsonNode read(HttpRequest request, HttpResponse<String> response) {
    JsonNode body = MissingNode.getInstance();
    try {
      body = JSON.readTree(response.body());
    } catch (JsonProcessingException e) {
      // An error without a problem document is told by its status alone.
    }
    if (response.statusCode() / 100 == 2) {
      return body;
    }
    throw new NodeException(
        response.statusCode(),
        String.format(
            "%s %s: %d %s",
            request.method(),
            request.uri(),
            response.statusCode(),
            body.path("detail").asText(body.path("title").asText(""))));
  }
}
