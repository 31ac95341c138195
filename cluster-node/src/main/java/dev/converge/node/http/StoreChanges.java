package dev.converge.node.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.converge.node.json.Json;
import dev.converge.node.store.DistributedData;
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
import org.apache.pekko.stream.OverflowStrategy;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.SourceQueueWithComplete;
import org.apache.pekko.util.ByteString;

/**
 * {@code GET /v1/data/{key}/changes}: Server-Sent Events, the current value first. An event's data
 * is what a GET answers; of a key that is not there, {@code {"key", "value": null}} without a type.
 * A client that reads slowly misses values in between, never the last one.
 */
final class StoreChanges {
  private static final ContentType EVENT_STREAM = ContentTypes.create(MediaTypes.TEXT_EVENT_STREAM);

  private static final ByteString HEARTBEAT = ByteString.fromString(":\n\n");
  private static final Duration HEARTBEAT_EVERY = Duration.ofSeconds(10);
  private static final int BUFFERED = 16;

  private final DistributedData store;

  StoreChanges(DistributedData store) {
    this.store = store;
  }

  HttpResponse of(String key) {
    Source<ByteString, NotUsed> events =
        Source.<ObjectNode>queue(BUFFERED, OverflowStrategy.dropHead())
            .mapMaterializedValue(queue -> subscribe(key, queue))
            .statefulMap(
                () -> new Pair<>(0L, ""),
                (last, json) -> next(last, new String(Json.write(json), StandardCharsets.UTF_8)),
                last -> Optional.empty())
            .filter(event -> !event.isEmpty())
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

  private NotUsed subscribe(String key, SourceQueueWithComplete<ObjectNode> queue) {
    DistributedData.Subscription subscription =
        store.subscribe(
            key,
            change ->
                queue.offer(
                    change
                        .entry()
                        .map(StoreRoutes::shown)
                        .orElseGet(() -> Json.object().put("key", key).putNull("value"))));
    queue.watchCompletion().whenComplete((done, error) -> subscription.close());
    return NotUsed.getInstance();
  }
}
