package dev.converge.node.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.converge.node.entity.HostedType;
import dev.converge.node.json.Json;
import dev.converge.pekko.FinalEvent;
import dev.converge.pekko.FinalFeed.FeedErasure;
import dev.converge.pekko.FinalFeed.FeedEvent;
import dev.converge.pekko.FinalFeed.Page;
import dev.converge.pekko.ReplicaNames;
import dev.converge.pekko.feed.FeedCursor;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Source;

/**
 * {@code GET /v1/feed}: all final events of all entities, in one order that never changes; page by
 * page, or, for {@code Accept: text/event-stream}, as they become final.
 *
 * <p>{@code from} is a cursor: that of an event, {@code start}, or {@code end} for what is final
 * from now on. An event's id in the stream is its cursor, so {@code Last-Event-ID} resumes it.
 */
final class FeedRoutes {
  private static final int MAX_PAGE = 5_000;
  private static final int STREAM_PAGE = 200;

  private final FeedHost feed;
  private final HostedTypes types;
  private final EntityJson json;

  FeedRoutes(FeedHost feed, HostedTypes types, ReplicaNames names) {
    this.feed = feed;
    this.types = types;
    this.json = new EntityJson(names);
  }

  void addTo(Router router) {
    router.add("GET", "/v1/feed", this::get);
  }

  private CompletionStage<HttpResponse> get(Call call) {
    call.onlyQuery("from", "limit", "type");
    int limit = call.number("limit", 1_000, 1, MAX_PAGE);
    Optional<String> type = Optional.ofNullable(call.query().get("type"));
    type.filter(name -> types.find(name).isEmpty())
        .ifPresent(
            name -> {
              throw Problem.badParameter("type", "there is no entity type '" + name + "' here");
            });
    boolean streams = EventStream.isWanted(call);
    return begin(call)
        .thenCompose(
            from ->
                streams
                    ? CompletableFuture.completedFuture(stream(from, type))
                    : feed.page(from, limit).thenApply(page -> Answers.json(shown(page, type))));
  }

  private CompletionStage<FeedCursor> begin(Call call) {
    String last = EventStream.lastSeen(call);
    String from = last.isEmpty() ? call.query("from", "start") : last;
    if (from.equals("end")) {
      return feed.end();
    }
    try {
      return CompletableFuture.completedFuture(FeedCursor.parse(from));
    } catch (IllegalArgumentException e) {
      throw Problem.badParameter(
          "from",
          "'from' is start, end, or the cursor of an event of this feed: " + e.getMessage());
    }
  }

  private ObjectNode shown(Page page, Optional<String> only) {
    ObjectNode node = Json.object();
    ArrayNode events = node.putArray("events");
    shownEvents(page, only).forEach(event -> events.add(event.json()));
    node.put("next", page.next().text()).put("end", page.atEnd());
    return page.truncated() ? node.put("truncated", true) : node;
  }

  private List<EventStream.Event> shownEvents(Page page, Optional<String> only) {
    List<EventStream.Event> shown = new ArrayList<>();
    Iterator<FeedErasure> erasures = page.erasures().iterator();
    FeedErasure erasure = erasures.hasNext() ? erasures.next() : null;
    for (int i = 0; i <= page.events().size(); i++) {
      while (erasure != null && erasure.before() == i) {
        if (only.isEmpty() || only.get().equals(erasure.entity().type())) {
          shown.add(new EventStream.Event(erasure.cursor().text(), json.feed(erasure)));
        }
        erasure = erasures.hasNext() ? erasures.next() : null;
      }
      if (i == page.events().size()) {
        break;
      }
      FeedEvent one = page.events().get(i);
      String type = one.event().type();
      if (only.isEmpty() || only.get().equals(type)) {
        String cursor = one.cursor().text();
        types
            .find(type)
            .ifPresent(
                hosted ->
                    shown.add(new EventStream.Event(cursor, shown(hosted, cursor, one.event()))));
      }
    }
    return shown;
  }

  @SuppressWarnings("unchecked") // the event is of that type
  private <E> ObjectNode shown(HostedType<?, E, ?> type, String cursor, FinalEvent<?> event) {
    return json.feed(type, cursor, (FinalEvent<E>) event);
  }

  private HttpResponse stream(FeedCursor from, Optional<String> type) {
    return EventStream.each(
        Source.unfoldAsync(from, this::next).mapConcat(page -> shownEvents(page, type)));
  }

  /** The next page that is not empty; nothing is asked before a client has taken the last one. */
  private CompletionStage<Optional<Pair<FeedCursor, Page>>> next(FeedCursor cursor) {
    CompletionStage<Void> moved = feed.moved();
    return feed.page(cursor, STREAM_PAGE)
        .thenCompose(
            page ->
                page.events().isEmpty() && page.erasures().isEmpty() && page.atEnd()
                    ? moved.thenCompose(more -> next(page.next()))
                    : CompletableFuture.completedFuture(
                        Optional.of(Pair.create(page.next(), page))));
  }
}
