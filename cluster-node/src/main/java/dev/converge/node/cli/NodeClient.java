package dev.converge.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Speaks to a node's HTTP API, and says in words what went wrong. */
final class NodeClient {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration CONNECT = Duration.ofSeconds(3);

  private final Duration limit;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build();

  /**
   * An answer, whatever it says.
   *
   * @param body JSON's null if it is no JSON
   */
  record Answer(int status, JsonNode body) {
    boolean isSuccess() {
      return status >= 200 && status < 300;
    }

    /** What the problem document says. */
    String detail() {
      return body.path("detail").asText("it answers with status " + status);
    }
  }

  /** A client that waits so long for an answer. */
  NodeClient(Duration limit) {
    this.limit = limit;
  }

  /** Fails with an {@link IOException} whose message is for people, if the node does not answer. */
  CompletableFuture<Answer> getAsync(URI node, String path) {
    return send(HttpRequest.newBuilder(node.resolve(path)));
  }

  /** As {@link #getAsync}, at once. */
  Answer get(URI node, String path) throws IOException {
    return await(getAsync(node, path));
  }

  /** Sends {@code body}; otherwise as {@link #get}. */
  Answer post(URI node, String path, JsonNode body) throws IOException {
    return await(
        send(
            HttpRequest.newBuilder(node.resolve(path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString()))));
  }

  private CompletableFuture<Answer> send(HttpRequest.Builder request) {
    return client
        .sendAsync(request.timeout(limit).build(), BodyHandlers.ofString())
        .handle(
            (response, error) -> {
              if (error != null) {
                throw new CompletionException(new IOException(reason(error), error));
              }
              return answer(response);
            });
  }

  private static Answer answer(HttpResponse<String> response) {
    try {
      return new Answer(response.statusCode(), JSON.readTree(response.body()));
    } catch (IOException e) {
      return new Answer(response.statusCode(), JSON.nullNode());
    }
  }

  private static Answer await(CompletableFuture<Answer> answer) throws IOException {
    try {
      return answer.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw e;
    }
  }

  private String reason(Throwable e) {
    Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
    if (cause instanceof HttpTimeoutException) {
      return "does not answer within " + limit.toSeconds() + " s";
    }
    if (cause instanceof ConnectException) {
      return "does not answer: nothing listens there";
    }
    String message = cause.getMessage();
    return "does not answer: " + (message == null ? cause.getClass().getSimpleName() : message);
  }
}
