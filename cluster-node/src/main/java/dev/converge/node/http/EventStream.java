package dev.converge.node.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.node.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.apache.pekko.NotUsed;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.headers.CacheControl;
import org.apache.pekko.http.javadsl.model.headers.CacheDirectives;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.japi.pf.PFBuilder;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/**
 * An answer of Server-Sent Events: documents as they come, none twice in a row, and a heartbeat
 * where nothing comes. If the documents end with an error, the last event is named {@code problem}
 * and carries it; the client connects anew then, as it does after any end.
 *
 * <p>An event's id is made of what it says. So a client that connects anew with {@code
 * Last-Event-ID}, at this node or another, is told the present state only if that is another than
 * it has.
 */
final class EventStream {
  private static final ContentType EVENT_STREAM = ContentTypes.create(MediaTypes.TEXT_EVENT_STREAM);
  private static final ByteString HEARTBEAT = ByteString.fromString(":\n\n");
  private static final Duration HEARTBEAT_EVERY = Duration.ofSeconds(10);
  private static final int ID_BYTES = 12;

  private EventStream() {}

  /**
   * One event.
   *
   * @param id what a client says when it connects anew
   * @param json its data
   */
  record Event(String id, JsonNode json) {
    private ByteString bytes() {
      String data = new String(Json.write(json), StandardCharsets.UTF_8);
      return ByteString.fromString("id: " + id + "\ndata: " + data + "\n\n");
    }
  }

  /** A document whose id is made of all that it says. */
  static Event event(JsonNode json) {
    return event(json, json);
  }

  /** A document that is another one if {@code identity} is. */
  static Event event(JsonNode json, JsonNode identity) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(Json.write(identity));
      String id =
          Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, ID_BYTES));
      return new Event(id, json);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }

  /** Whether the client wants events, where a path has a document too. */
  static boolean isWanted(Call call) {
    return call.header("Accept").map(it -> it.contains("text/event-stream")).orElse(false);
  }

  /** What the client saw last; empty if it says nothing. */
  static String lastSeen(Call call) {
    return call.header("Last-Event-ID").orElse("");
  }

  /** Whatever {@code events} give, but for what the client has. */
  static HttpResponse of(Call call, Source<Event, NotUsed> events) {
    String seen = lastSeen(call);
    return bytes(
        events
            .statefulMap(
                () -> seen,
                (last, event) ->
                    new Pair<>(
                        event.id(),
                        event.id().equals(last) ? ByteString.emptyByteString() : event.bytes()),
                last -> Optional.empty())
            .filter(event -> !event.isEmpty()));
  }

  /** Each of {@code events}. */
  static HttpResponse each(Source<Event, NotUsed> events) {
    return bytes(events.map(Event::bytes));
  }

  private static HttpResponse bytes(Source<ByteString, NotUsed> events) {
    return HttpResponse.create()
        .addHeader(CacheControl.create(CacheDirectives.NO_CACHE))
        .withEntity(
            HttpEntities.createChunked(
                EVENT_STREAM,
                events
                    .recover(
                        new PFBuilder<Throwable, ByteString>()
                            .matchAny(error -> problem(Problem.of(error)))
                            .build())
                    .keepAlive(HEARTBEAT_EVERY, () -> HEARTBEAT)));
  }

  private static ByteString problem(Problem problem) {
    String json = new String(Json.write(problem.json()), StandardCharsets.UTF_8);
    return ByteString.fromString("event: problem\ndata: " + json + "\n\n");
  }
}
