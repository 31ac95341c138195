package dev.converge.node.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.node.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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
 * An answer of Server-Sent Events: documents as they come, numbered from 1, none twice in a row,
 * and a heartbeat where nothing comes. If the documents end with an error, the last event is named
 * {@code problem} and carries it; the client connects anew then, as it does after any end.
 */
final class EventStream {
  private static final ContentType EVENT_STREAM = ContentTypes.create(MediaTypes.TEXT_EVENT_STREAM);
  private static final ByteString HEARTBEAT = ByteString.fromString(":\n\n");
  private static final Duration HEARTBEAT_EVERY = Duration.ofSeconds(10);

  private EventStream() {}

  static HttpResponse of(Source<? extends JsonNode, NotUsed> documents) {
    Source<ByteString, NotUsed> events =
        documents
            .statefulMap(
                () -> new Pair<>(0L, ""),
                (last, json) -> next(last, new String(Json.write(json), StandardCharsets.UTF_8)),
                last -> Optional.empty())
            .filter(event -> !event.isEmpty())
            .recover(
                new PFBuilder<Throwable, ByteString>()
                    .matchAny(error -> problem(Problem.of(error)))
                    .build())
            .keepAlive(HEARTBEAT_EVERY, () -> HEARTBEAT);
    return HttpResponse.create()
        .addHeader(CacheControl.create(CacheDirectives.NO_CACHE))
        .withEntity(HttpEntities.createChunked(EVENT_STREAM, events));
  }

  /** The event for {@code json}, empty if that is what was told last. */
  private static Pair<Pair<Long, String>, ByteString> next(Pair<Long, String> last, String json) {
    if (json.equals(last.second())) {
      return new Pair<>(last, ByteString.emptyByteString());
    }
    long id = last.first() + 1;
    return new Pair<>(
        new Pair<>(id, json), ByteString.fromString("id: " + id + "\ndata: " + json + "\n\n"));
  }

  private static ByteString problem(Problem problem) {
    String json = new String(Json.write(problem.json()), StandardCharsets.UTF_8);
    return ByteString.fromString("event: problem\ndata: " + json + "\n\n");
  }
}
