package dev.converge.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests: to one node, and to the next if that has no answer, until there is one or the
 * time is over. A request that may count twice stays with the node that may have got it.
 * Thread-safe.
 */
final class Transport {
  static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final List<URI> nodes;
  private final HttpClient http;
  private final Duration limit;
  private final Supplier<String> keys;

  /** Which node is asked first: the last that answered. */
  private final AtomicInteger preferred = new AtomicInteger();

  /**
   * An answer that is no problem.
   *
   * @param body missing if it has none
   */
  record Answer(int status, JsonNode body) {}

  Transport(List<URI> nodes, HttpClient http, Duration limit, Supplier<String> keys) {
    this.nodes = List.copyOf(nodes);
    this.http = http;
    this.limit = limit;
    this.keys = keys;
  }

  String newKey() {
    return keys.get();
  }

  HttpClient http() {
    return http;
  }

  /** The node to ask, and after how many failures in a row. */
  URI node(int failures) {
    return nodes.get(Math.floorMod(preferred.get() + failures, nodes.size()));
  }

  /** One part of a path, or of a query. */
  static String segment(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  CompletionStage<Answer> get(String path) {
    return request("GET", path, "").send();
  }

  Request request(String method, String path, String query) {
    return new Request(method, path, query);
  }

  /** A request that is put together, then sent once. */
  final class Request {
    private final String method;
    private final String path;
    private final String query;
    private String body = "";
    private @Nullable String key;
    private @Nullable Session session;
    private boolean atOneNode;
    private boolean orMissing;
    private final long end = System.nanoTime() + limit.toNanos();
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();

    private Request(String method, String path, String query) {
      this.method = method;
      this.path = path;
      this.query = query;
    }

    Request body(JsonNode json) {
      body = json.toString();
      return this;
    }

    Request key(String name) {
      key = name;
      return this;
    }

    Request session(Session of) {
      session = of;
      return this;
    }

    /** Once a node may have got it, no other node is asked. */
    Request atOneNode() {
      atOneNode = true;
      return this;
    }

    /** 404 is an answer too. */
    Request orMissing() {
      orMissing = true;
      return this;
    }

    CompletionStage<Answer> send() {
      attempt(0, 0);
      return answer;
    }

    /**
     * @param attempts how often it was sent already
     * @param moves how often another node was chosen
     */
    private void attempt(int attempts, int moves) {
      URI node = node(moves);
      List<String> tokens = session == null ? List.of() : session.tokens();
      http.sendAsync(httpRequest(node, tokens), BodyHandlers.ofString(StandardCharsets.UTF_8))
          .whenComplete(
              (response, error) -> {
                try {
                  if (error != null) {
                    failed(error, attempts, moves);
                  } else {
                    came(response, tokens, attempts, moves);
                  }
                } catch (RuntimeException e) {
                  answer.completeExceptionally(e);
                }
              });
    }

    private HttpRequest httpRequest(URI node, List<String> tokens) {
      URI uri = node.resolve(path + (query.isEmpty() ? "" : "?" + query));
      HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(remaining());
      if (key != null) {
        request.header("Idempotency-Key", key);
      }
      if (!tokens.isEmpty()) {
        request.header("Converge-Context", String.join(",", tokens));
      }
      if (body.isEmpty()) {
        return request.method(method, HttpRequest.BodyPublishers.noBody()).build();
      }
      return request
          .header("Content-Type", "application/json")
          .method(method, HttpRequest.BodyPublishers.ofString(body))
          .build();
    }

    private Duration remaining() {
      return Duration.ofNanos(Math.max(1_000_000, end - System.nanoTime()));
    }

    private void failed(Throwable error, int attempts, int moves) {
      Throwable cause = error instanceof CompletionException ? error.getCause() : error;
      boolean neverArrived =
          cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException;
      if (!(cause instanceof IOException)) {
        answer.completeExceptionally(cause == null ? error : cause);
      } else {
        again(attempts, neverArrived || !atOneNode ? moves + 1 : moves, cause);
      }
    }

    private void came(HttpResponse<String> response, List<String> tokens, int attempts, int moves) {
      int status = response.statusCode();
      if (status < 300 || (status == 404 && orMissing)) {
        if (moves % nodes.size() != 0) {
          preferred.addAndGet(moves % nodes.size());
        }
        if (session != null) {
          Session seen = session;
          response
              .headers()
              .firstValue("Converge-Session")
              .or(() -> response.headers().firstValue("Converge-Context"))
              .ifPresent(merged -> seen.seen(tokens, merged));
        }
        answer.complete(new Answer(status, json(response.body())));
        return;
      }
      ProblemException problem = new ProblemException(status, problem(response.body()));
      boolean didNothing = status == 429;
      if (didNothing || (status == 503 && !atOneNode)) {
        again(attempts, moves + 1, problem);
      } else {
        answer.completeExceptionally(problem);
      }
    }

    private void again(int attempts, int moves, Throwable why) {
      long pause =
          Math.min(
              LONGEST_PAUSE.toMillis(),
              attempts < nodes.size() - 1 ? 1 : 25L << Math.min(6, attempts));
      if (System.nanoTime() + Duration.ofMillis(pause).toNanos() >= end) {
        answer.completeExceptionally(
            why instanceof ProblemException
                ? why
                : new NoAnswerException(
                    "no answer of " + nodes + " within " + limit + ": " + why, why));
        return;
      }
      CompletableFuture.delayedExecutor(pause, TimeUnit.MILLISECONDS)
          .execute(() -> attempt(attempts + 1, moves));
    }
  }

  private static JsonNode json(String body) {
    if (body.isEmpty()) {
      return MissingNode.getInstance();
    }
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a node's answer is no JSON: " + e.getOriginalMessage(), e);
    }
  }

  /** Whatever stands in the way may answer with something else. */
  static JsonNode problem(String body) {
    try {
      return json(body);
    } catch (IllegalStateException e) {
      return MissingNode.getInstance();
    }
  }
}
