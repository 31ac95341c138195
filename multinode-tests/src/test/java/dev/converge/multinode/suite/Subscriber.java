package dev.converge.multinode.suite;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.stream.Stream;

/** Reads the changes of a counter, by Server-Sent Events, and keeps the last value told. */
final class Subscriber implements AutoCloseable {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Stream<String> lines;
  private volatile String last = "nothing";

  private Subscriber(Stream<String> lines) {
    this.lines = lines;
  }

  static Subscriber start(JsonHttp node, String path) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(node.base() + path + "/changes")).build();
    Subscriber subscriber;
    try {
      subscriber = new Subscriber(CLIENT.send(request, BodyHandlers.ofLines()).body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while it subscribed", e);
    }
    Thread reader = new Thread(subscriber::read, "subscriber of " + path);
    reader.setDaemon(true);
    reader.start();
    return subscriber;
  }

  private void read() {
    try {
      lines.forEach(this::line);
    } catch (RuntimeException e) {
      last = "ended with " + e;
    }
  }

  private void line(String line) {
    if (line.startsWith("data:")) {
      try {
        JsonNode told = MAPPER.readTree(line.substring("data:".length()));
        last = told.has("state") ? told.at("/state/value").asText() : told.path("value").asText();
      } catch (JsonProcessingException e) {
        last = "not JSON: " + line;
      }
    }
  }

  String last() {
    return last;
  }

  @Override
  public void close() {
    lines.close();
  }
}
