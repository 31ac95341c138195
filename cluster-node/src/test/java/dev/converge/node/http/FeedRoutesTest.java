package dev.converge.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.Folded;
import dev.converge.node.entity.CounterType;
import dev.converge.node.http.Requests.Answer;
import dev.converge.pekko.FinalEvent;
import dev.converge.pekko.FinalFeed.FeedEvent;
import dev.converge.pekko.FinalFeed.Page;
import dev.converge.pekko.feed.FeedCursor;
import dev.converge.pekko.feed.FeedGoneException;
import dev.converge.pekko.feed.FeedPlace;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The feed's routes over a feed of counters that grow by one. */
class FeedRoutesTest implements FeedHost {
  private final Router router = new Router();
  private final Requests requests = new Requests(router);
  private final List<FeedEvent> events = new ArrayList<>();
  private CompletableFuture<Void> moved = new CompletableFuture<>();
  private boolean gone;

  @BeforeEach
  void routes() {
    HostedTypes types = new HostedTypes(List.of(new CounterType()));
    new FeedRoutes(this, types, new FakeEntities().names()).addTo(router);
  }

  @AfterEach
  void close() {
    requests.close();
  }

  private void add(String type) {
    add(type, Decision.apply(), null);
  }

  private synchronized void add(
      String type, Decision<CounterType.Added> decision, @Nullable Dot duplicateOf) {
    long lsn = 1L + events.size();
    HybridTimestamp time = new HybridTimestamp(1_000 + lsn, 0);
    FeedCursor cursor =
        new FeedCursor(
            new FeedPlace(time, FakeEntities.R1, lsn),
            VersionVector.empty().with(FakeEntities.R1, lsn));
    ReplicatedEvent<CounterType.Added> event =
        ReplicatedEvent.of(
            new Dot(FakeEntities.R1, lsn),
            time,
            CausalContext.empty(),
            1,
            null,
            new CounterType.Added(BigInteger.valueOf(lsn)),
            new byte[0]);
    Folded<CounterType.Added> folded = new Folded<>(event, decision, List.of(), duplicateOf, true);
    events.add(new FeedEvent(cursor, new FinalEvent<>(type, "c" + lsn, folded)));
    CompletableFuture<Void> before = moved;
    moved = new CompletableFuture<>();
    before.complete(null);
  }

  @Override
  public synchronized CompletionStage<Page> page(FeedCursor from, int limit) {
    if (gone) {
      return CompletableFuture.failedFuture(new FeedGoneException("begin anew"));
    }
    FeedPlace last = from.last();
    int begin = last == null ? 0 : (int) last.lsn();
    List<FeedEvent> page = events.subList(begin, Math.min(events.size(), begin + limit));
    FeedCursor next = page.isEmpty() ? from : page.get(page.size() - 1).cursor();
    return CompletableFuture.completedFuture(
        new Page(page, next, page.size() < limit, last == null && events.size() > 3));
  }

  @Override
  public synchronized CompletionStage<FeedCursor> end() {
    return CompletableFuture.completedFuture(
        events.isEmpty() ? FeedCursor.START : events.get(events.size() - 1).cursor());
  }

  @Override
  public synchronized CompletionStage<Void> moved() {
    return moved;
  }

  @Test
  void pagesFollowEachOtherByTheirCursors() throws Exception {
    for (int i = 0; i < 3; i++) {
      add("counter");
    }
    Answer first = requests.call("GET", "/v1/feed?limit=2", "");
    assertThat(first.body().get("events")).hasSize(2);
    assertThat(first.body().get("end").booleanValue()).isFalse();
    assertThat(first.body().at("/events/0").toString())
        .startsWith("{\"cursor\":\"")
        .endsWith(
            "\"type\":\"counter\",\"id\":\"c1\",\"dot\":{\"replica\":\"node-1\",\"seq\":1},"
                + "\"time\":\"1001.0\",\"dependencies\":{},"
                + "\"event\":{\"event\":\"incremented\",\"by\":1},\"decision\":\"applied\","
                + "\"reason\":null,\"hasEffect\":true}");
    String next = first.body().get("next").textValue();
    Answer second = requests.call("GET", "/v1/feed?limit=2&from=" + next, "");
    assertThat(second.body().get("events")).hasSize(1);
    assertThat(second.body().get("end").booleanValue()).isTrue();
    assertThat(second.body().at("/events/0/id").textValue()).isEqualTo("c3");
    assertThat(requests.call("GET", "/v1/feed?from=end", "").body().get("events")).isEmpty();
    assertThat(requests.call("GET", "/v1/feed?type=counter", "").body().get("events")).hasSize(3);
    add("cart");
    Answer all = requests.call("GET", "/v1/feed", "");
    assertThat(all.body().get("events")).as("of types that have an HTTP form").hasSize(3);
    assertThat(all.body().get("truncated").booleanValue()).isTrue();
  }

  @Test
  void anEventSaysWhetherItHasAnEffectAlsoOneThatWaitsForAPerson() throws Exception {
    add("counter", Decision.apply(), null);
    add("counter", Decision.apply(), new Dot(FakeEntities.R1, 1));
    add("counter", Decision.escalateAndApply("kept"), null);
    add("counter", Decision.escalateAndHold("held back"), null);
    add("counter", Decision.discard("too late"), null);
    add("counter", Decision.replace(new CounterType.Added(BigInteger.TEN), "more"), null);

    assertThat(requests.call("GET", "/v1/feed", "").body().get("events"))
        .extracting(event -> event.get("hasEffect").booleanValue())
        .containsExactly(true, false, true, false, false, true);
  }

  @Test
  void whatIsWrongIsSaid() throws Exception {
    assertThat(requests.call("GET", "/v1/feed?from=zzz", "").body().get("parameter"))
        .hasToString("\"from\"");
    assertThat(requests.call("GET", "/v1/feed?type=zzz", "").body().get("parameter"))
        .hasToString("\"type\"");
    gone = true;
    assertThat(requests.call("GET", "/v1/feed", "").status()).isEqualTo(410);
  }

  @Test
  void aStreamGoesOnWhereALastEventIdLeftIt() throws Exception {
    add("counter");
    SinkQueueWithCancel<ByteString> stream =
        requests.events("/v1/feed", "Accept", "text/event-stream");
    String one = Requests.next(stream);
    assertThat(one).contains("\"id\":\"c1\"");
    add("counter");
    assertThat(Requests.next(stream)).contains("\"id\":\"c2\"");
    stream.cancel();
    SinkQueueWithCancel<ByteString> again =
        requests.events(
            "/v1/feed",
            "Accept",
            "text/event-stream",
            "Last-Event-ID",
            one.substring(4, one.indexOf('\n')));
    assertThat(Requests.next(again)).contains("\"id\":\"c2\"");
    again.cancel();
  }
}
