package dev.converge.node.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.converge.node.json.Json;
import dev.converge.node.store.DistributedData;
import org.apache.pekko.NotUsed;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.OverflowStrategy;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.SourceQueueWithComplete;

/**
 * {@code GET /v1/data/{key}/changes}: Server-Sent Events, the current value first. An event's data
 * is what a GET answers; of a key that is not there, {@code {"key", "value": null}} without a type.
 * A client that reads slowly misses values in between, never the last one. {@code GET
 * /v1/data?prefix=} with {@code Accept: text/event-stream} is the same for many keys.
 */
final class StoreChanges {
  private static final int BUFFERED = 16;

  private final DistributedData store;

  StoreChanges(DistributedData store) {
    this.store = store;
  }

  HttpResponse of(Call call, String key) {
    return EventStream.of(
        call,
        Source.<ObjectNode>queue(BUFFERED, OverflowStrategy.dropHead())
            .mapMaterializedValue(queue -> subscribe(key, queue))
            .map(EventStream::event));
  }

  /**
   * Of all keys with a prefix: each that is there, then each change of one. Of a key that changes
   * faster than a client reads it gets the newest value, so what waits is bounded by the keys.
   */
  HttpResponse ofPrefix(String prefix) {
    return EventStream.each(
        Source.lazySource(() -> following(prefix))
            .mapMaterializedValue(later -> NotUsed.getInstance()));
  }

  private Source<EventStream.Event, NotUsed> following(String prefix) {
    Outbox<EventStream.Event> outbox = new Outbox<>();
    DistributedData.Subscription subscription =
        store.subscribePrefix(
            prefix, change -> outbox.put(change.key(), EventStream.event(shown(change))));
    return Source.unfoldAsync(
            outbox, from -> from.next().thenApply(next -> next.map(it -> Pair.create(from, it))))
        .watchTermination(
            (none, ended) -> {
              ended.whenComplete((done, error) -> subscription.close());
              return none;
            });
  }

  /** What a GET answers, or that there is nothing. */
  static ObjectNode shown(DistributedData.Change change) {
    return change
        .entry()
        .map(StoreRoutes::shown)
        .orElseGet(() -> Json.object().put("key", change.key()).putNull("value"));
  }

  private NotUsed subscribe(String key, SourceQueueWithComplete<ObjectNode> queue) {
    DistributedData.Subscription subscription =
        store.subscribe(key, change -> queue.offer(shown(change)));
    queue.watchCompletion().whenComplete((done, error) -> subscription.close());
    return NotUsed.getInstance();
  }
}
