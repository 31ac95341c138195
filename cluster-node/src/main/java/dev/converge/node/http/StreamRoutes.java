package dev.converge.node.http;

import dev.converge.node.store.DistributedData;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.model.ws.Message;
import org.apache.pekko.http.javadsl.model.ws.TextMessage;
import org.apache.pekko.http.javadsl.model.ws.WebSocketUpgrade;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;

/**
 * {@code GET /v1/stream}: a WebSocket, over which a client subscribes to many keys and entities. A
 * client that reads slowly gets of each subscription the newest state, not all of them.
 */
final class StreamRoutes {
  private static final int MAX_MESSAGE = 16_384;
  private static final long MESSAGE_MILLIS = 5_000;

  private final DistributedData store;
  private final EntityHost entities;
  private final HostedTypes types;
  private final Materializer materializer;

  StreamRoutes(
      DistributedData store, EntityHost entities, HostedTypes types, Materializer materializer) {
    this.store = store;
    this.entities = entities;
    this.types = types;
    this.materializer = materializer;
  }

  void addTo(Router router) {
    router.add("GET", "/v1/stream", this::stream);
  }

  private CompletionStage<HttpResponse> stream(Call call) {
    call.onlyQuery();
    Optional<WebSocketUpgrade> upgrade =
        call.request().getAttribute(AttributeKeys.webSocketUpgrade);
    if (upgrade.isEmpty()) {
      throw new Problem(
              426, "Upgrade required", "this is a WebSocket; connect to it with ws:// or wss://")
          .withHeader(RawHeader.create("Upgrade", "websocket"));
    }
    return CompletableFuture.completedFuture(
        upgrade.get().handleMessagesWith(flow(new StreamSession(store, entities, types))));
  }

  private Flow<Message, Message, NotUsed> flow(StreamSession session) {
    Sink<Message, CompletionStage<Done>> in =
        Flow.<Message>create()
            .mapAsync(1, this::text)
            .toMat(Sink.foreach(session::message), Keep.right())
            .mapMaterializedValue(ended -> ended.whenComplete((done, error) -> session.close()));
    Source<Message, NotUsed> out =
        Source.unfoldAsync(
                session,
                open ->
                    open.outbox().next().thenApply(text -> text.map(one -> Pair.create(open, one))))
            .map(TextMessage::create);
    return Flow.fromSinkAndSourceCoupled(in, out);
  }

  private CompletionStage<String> text(Message message) {
    if (!message.isText()) {
      throw Problem.badRequest("messages are texts");
    }
    TextMessage text = message.asTextMessage();
    if (text.isStrict()) {
      return CompletableFuture.completedFuture(checked(text.getStrictText()));
    }
    return text.getStreamedText()
        .limitWeighted(MAX_MESSAGE, part -> (long) part.length())
        .completionTimeout(java.time.Duration.ofMillis(MESSAGE_MILLIS))
        .runFold("", String::concat, materializer);
  }

  private static String checked(String text) {
    if (text.length() > MAX_MESSAGE) {
      throw Problem.badRequest("a message has at most " + MAX_MESSAGE + " characters");
    }
    return text;
  }
}
