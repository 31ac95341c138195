package dev.converge.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads Server-Sent Events, and connects anew when they end: at the next node, behind the last
 * event that the listener took. The next line is asked for when the listener is through with the
 * last, so a slow listener slows the node down. Thread-safe.
 */
final class EventReader implements Subscription {
  private static final Logger LOG = LoggerFactory.getLogger(EventReader.class);
  private static final int MAX_FAILURES_COUNTED = 6;

  private final Transport transport;
  private final String path;
  private final String query;
  private final Consumer<JsonNode> listener;
  private volatile boolean closed;
  private volatile String lastId = "";
  private volatile Flow.@Nullable Subscription lines;
  private volatile int failures;
  private final AtomicInteger moves = new AtomicInteger();
  private final CompletableFuture<Void> end = new CompletableFuture<>();

  private EventReader(Transport transport, String path, String query, Consumer<JsonNode> listener) {
    this.transport = transport;
    this.path = path;
    this.query = query;
    this.listener = listener;
  }

  static EventReader start(
      Transport transport, String path, String query, Consumer<JsonNode> listener) {
    EventReader reader = new EventReader(transport, path, query, listener);
    reader.connect();
    return reader;
  }

  private void connect() {
    if (closed) {
      return;
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                transport.node(moves.get()).resolve(path + (query.isEmpty() ? "" : "?" + query)))
            .header("Accept", "text/event-stream");
    if (!lastId.isEmpty()) {
      request.header("Last-Event-ID", lastId);
    }
    Lines reader = new Lines();
    transport
        .http()
        .sendAsync(
            request.build(),
            info ->
                info.statusCode() == 200
                    ? HttpResponse.BodySubscribers.fromLineSubscriber(
                        reader, lines -> "", StandardCharsets.UTF_8, null)
                    : HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8))
        .whenComplete(
            (response, error) -> {
              if (response != null && response.statusCode() != 200) {
                refused(response);
              } else {
                reader.ended(error);
              }
            });
  }

  /** What will not be another time is the end; anything else is tried again. */
  private void refused(HttpResponse<String> response) {
    int status = response.statusCode();
    ProblemException problem = new ProblemException(status, Transport.problem(response.body()));
    if (status >= 400 && status < 500 && status != 429) {
      closed = true;
      end.completeExceptionally(problem);
    } else {
      again(problem);
    }
  }

  @Override
  public CompletionStage<Void> ended() {
    return end.minimalCompletionStage();
  }

  private void again(@Nullable Throwable error) {
    if (closed) {
      return;
    }
    failures = Math.min(MAX_FAILURES_COUNTED, failures + 1);
    moves.incrementAndGet();
    LOG.debug("{} ended and is followed again: {}", path, String.valueOf(error));
    CompletableFuture.delayedExecutor(50L << failures, TimeUnit.MILLISECONDS)
        .execute(this::connect);
  }

  @Override
  public void close() {
    closed = true;
    Flow.Subscription open = lines;
    if (open != null) {
      open.cancel();
    }
    end.complete(null);
  }

  /** Puts lines together to events. */
  private final class Lines implements Flow.Subscriber<String> {
    private String id = "";
    private String name = "";
    private final StringBuilder data = new StringBuilder();
    private final AtomicBoolean over = new AtomicBoolean();

    /** Of several ends of a connection the first counts. */
    void ended(@Nullable Throwable error) {
      if (over.compareAndSet(false, true)) {
        again(error);
      }
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      lines = subscription;
      if (closed) {
        subscription.cancel();
      } else {
        subscription.request(1);
      }
    }

    @Override
    public void onNext(String line) {
      Flow.Subscription open = lines;
      if (closed || open == null) {
        return;
      }
      try {
        take(line);
      } catch (RuntimeException e) {
        LOG.warn("the listener of {} failed, the event comes again: {}", path, e.toString(), e);
        open.cancel();
        ended(e);
        return;
      }
      open.request(1);
    }

    private void take(String line) {
      if (line.startsWith("id:")) {
        id = line.substring(3).strip();
      } else if (line.startsWith("event:")) {
        name = line.substring(6).strip();
      } else if (line.startsWith("data:")) {
        data.append(line.substring(5).strip());
      } else if (line.isEmpty() && data.length() > 0) {
        String text = data.toString();
        data.setLength(0);
        if (name.equals("problem")) {
          throw new IllegalStateException("the node says: " + text);
        }
        listener.accept(read(text));
        lastId = id;
        failures = 0;
        name = "";
      }
    }

    private JsonNode read(String text) {
      try {
        return Transport.JSON.readTree(text);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("an event is no JSON: " + e.getOriginalMessage(), e);
      }
    }

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onComplete() {}
  }
}
