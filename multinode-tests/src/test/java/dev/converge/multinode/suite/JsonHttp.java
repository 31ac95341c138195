package dev.converge.multinode.suite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Asks one node over HTTP, JSON both ways. Blocking, bounded in time, thread-safe. */
public final class JsonHttp {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  private final String base;

  /** A client of the node at this address, such as {@code http://127.0.0.1:8551}. */
  public JsonHttp(String base) {
    this.base = base;
  }

  /** What all paths begin with. */
  String base() {
    return base;
  }

  /**
   * An answer.
   *
   * @param status the HTTP status
   * @param body the body as JSON; missing if there is none
   */
  public record Answer(int status, JsonNode body) {
    /**
     * This answer, if it is a success.
     *
     * @return this
     * @throws IllegalStateException if its status is not 2xx
     */
    public Answer expectSuccess() {
      if (status / 100 != 2) {
        throw new IllegalStateException("HTTP status " + status + ": " + body);
      }
      return this;
    }
  }

  /**
   * GET.
   *
   * @param path beginning with a slash
   * @return the answer
   * @throws UncheckedIOException if the node does not answer
   */
  public Answer get(String path) {
    return send(request(path).GET());
  }

  /**
   * POST.
   *
   * @param path beginning with a slash
   * @param body anything Jackson can write
   * @return the answer
   * @throws UncheckedIOException if the node does not answer
   */
  public Answer post(String path, Object body) {
    return postText(path, MAPPER.valueToTree(body).toString());
  }

  /**
   * POST of a text that need not be JSON, though it is called so.
   *
   * @param path beginning with a slash
   * @param body the text
   * @return the answer
   * @throws UncheckedIOException if the node does not answer
   */
  public Answer postText(String path, String body) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  /**
   * DELETE.
   *
   * @param path beginning with a slash
   * @return the answer
   * @throws UncheckedIOException if the node does not answer
   */
  public Answer delete(String path) {
    return send(request(path).DELETE());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + path)).timeout(LIMIT);
  }

  private static Answer send(HttpRequest.Builder request) {
    try {
      var response = CLIENT.send(request.build(), BodyHandlers.ofString());
      String body = response.body();
      return new Answer(
          response.statusCode(),
          body.isEmpty() ? MissingNode.getInstance() : MAPPER.readTree(body));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for an answer", e);
    }
  }
}
