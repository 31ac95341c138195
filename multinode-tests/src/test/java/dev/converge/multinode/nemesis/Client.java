package dev.converge.multinode.nemesis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.converge.multinode.history.Operation.Outcome;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** HTTP for one session: carries its token, and tells what an answer means. One thread. */
final class Client {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(4);
  private static final String CONTEXT = "Converge-Context";
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  private @Nullable String token;

  record Answer(Outcome outcome, int status, JsonNode body) {}

  /** With the session's token, which the answer renews. */
  Answer inSession(String url, @Nullable Object body) {
    return send(url, body, true);
  }

  Answer plain(String url, @Nullable Object body) {
    return send(url, body, false);
  }

  private Answer send(String url, @Nullable Object body, boolean session) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(LIMIT);
    if (session && token != null) {
      request.header(CONTEXT, token);
    }
    if (body != null) {
      request
          .header("Content-Type", "application/json")
          .POST(BodyPublishers.ofString(MAPPER.valueToTree(body).toString()));
    }
    try {
      HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
      Outcome outcome =
          response.statusCode() / 100 == 2
              ? Outcome.OK
              : response.statusCode() / 100 == 4 ? Outcome.REFUSED : Outcome.UNKNOWN;
      if (session && outcome == Outcome.OK) {
        token = response.headers().firstValue(CONTEXT).orElse(token);
      }
      return new Answer(outcome, response.statusCode(), MAPPER.readTree(response.body()));
    } catch (IOException e) {
      return new Answer(Outcome.UNKNOWN, 0, MAPPER.createObjectNode());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Answer(Outcome.UNKNOWN, 0, MAPPER.createObjectNode());
    }
  }
}
