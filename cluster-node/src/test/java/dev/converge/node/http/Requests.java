package dev.converge.node.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.node.json.BadInputException;
import dev.converge.node.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.apache.pekko.util.ByteString;

/** Sends requests to routes as the HTTP server does, without a socket. */
final class Requests implements AutoCloseable {
  private final ActorSystem system = ActorSystem.create("routes");
  private final Router router;

  /**
   * What came back.
   *
   * @param status the status
   * @param headers by name
   * @param body the body; an empty object without one
   */
  record Answer(int status, Map<String, String> headers, JsonNode body) {
    String text() {
      return body.toString();
    }

    String detail() {
      return body.get("detail").textValue();
    }
  }

  Requests(Router router) {
    this.router = router;
  }

  /**
   * One request.
   *
   * @param uri path, and query if there is one
   * @param body JSON, in which ' stands for "
   * @param headers names and values, in turn
   */
  Answer call(String method, String uri, String body, String... headers) throws Exception {
    HttpResponse response = respond(method, uri, body, headers);
    ByteString bytes = bytes(response);
    Map<String, String> said = new HashMap<>();
    response.getHeaders().forEach(header -> said.put(header.name(), header.value()));
    return new Answer(
        response.status().intValue(),
        said,
        bytes.isEmpty() ? Json.object() : Json.read(bytes.toArray()));
  }

  /** The body of a GET that is no JSON document. */
  String text(String uri) throws Exception {
    return bytes(respond("GET", uri, "")).utf8String();
  }

  private ByteString bytes(HttpResponse response) throws Exception {
    return response
        .entity()
        .toStrict(5_000, system)
        .toCompletableFuture()
        .get(5, TimeUnit.SECONDS)
        .getData();
  }

  private HttpResponse respond(String method, String uri, String body, String... headers) {
    String[] parts = uri.split("\\?", 2);
    Map<String, String> query = new HashMap<>();
    if (parts.length > 1) {
      for (String pair : parts[1].split("&")) {
        String[] nameAndValue = pair.split("=", 2);
        query.put(nameAndValue[0], nameAndValue[1]);
      }
    }
    List<HttpHeader> sent = new ArrayList<>();
    for (int i = 0; i < headers.length; i += 2) {
      sent.add(RawHeader.create(headers[i], headers[i + 1]));
    }
    try {
      Router.Match match = router.find(method, Arrays.asList(parts[0].substring(1).split("/")));
      Call call =
          new Call(
              HttpRequest.create(uri)
                  .withMethod(HttpMethods.lookup(method).orElseThrow())
                  .addHeaders(sent),
              match.path(),
              query,
              body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
      return match.handler().handle(call).toCompletableFuture().join();
    } catch (CompletionException | Problem | BadInputException e) {
      return Problem.of(e).response();
    }
  }

  /** The Server-Sent Events of a GET, to be read with {@link #next}. */
  SinkQueueWithCancel<ByteString> events(String uri, String... headers) {
    HttpResponse response = respond("GET", uri, "", headers);
    if (!response.entity().getContentType().toString().startsWith("text/event-stream")) {
      throw new AssertionError("no events: " + response);
    }
    return response.entity().getDataBytes().toMat(Sink.queue(), Keep.right()).run(system);
  }

  static String next(SinkQueueWithCancel<ByteString> events) throws Exception {
    return events
        .pull()
        .toCompletableFuture()
        .get(Duration.ofSeconds(5).toMillis(), TimeUnit.MILLISECONDS)
        .orElseThrow()
        .utf8String();
  }

  @Override
  public void close() {
    system.terminate();
  }
}
