package dev.converge.node.http;

import dev.converge.node.config.NodeConfig.Endpoint;
import dev.converge.node.metrics.HttpMetrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.scaladsl.model.IllegalUriException;
import org.apache.pekko.japi.function.Function;

/**
 * The HTTP listener: reads a request whole, finds its route, and turns every failure into a problem
 * document.
 */
public final class HttpServer {
  /** How long a body may take to come in. */
  private static final Duration BODY_TIME = Duration.ofSeconds(10);

  /** How many requests may be under way at once, streams not counted. */
  static final int MAX_UNDER_WAY = 8_192;

  private final AtomicInteger underWay = new AtomicInteger();

  private final ActorSystem<?> system;
  private final Router router;
  private final HttpMetrics metrics;
  private final ServerBinding binding;

  /**
   * Listens.
   *
   * @param system whose settings include {@code converge-http.conf}
   * @throws UncheckedIOException if the port is taken
   */
  static HttpServer start(
      ActorSystem<?> system, Endpoint endpoint, Router router, HttpMetrics metrics) {
    return new HttpServer(system, endpoint, router, metrics);
  }

  private HttpServer(ActorSystem<?> system, Endpoint endpoint, Router router, HttpMetrics metrics) {
    this.system = system;
    this.router = router;
    this.metrics = metrics;
    Function<HttpRequest, CompletionStage<HttpResponse>> handler = this::handle;
    try {
      this.binding =
          Http.get(system)
              .newServerAt(endpoint.host(), endpoint.port())
              .bind(handler)
              .toCompletableFuture()
              .join();
    } catch (CompletionException e) {
      throw new UncheckedIOException(
          "cannot listen for HTTP on "
              + endpoint
              + "; is another process using the port? Choose another by converge.http.port",
          e.getCause() instanceof IOException io
              ? io
              : new IOException(String.valueOf(e.getCause()), e));
    }
  }

  private CompletionStage<HttpResponse> handle(HttpRequest request) {
    long start = System.nanoTime();
    metrics.began();
    if (underWay.incrementAndGet() > MAX_UNDER_WAY) {
      underWay.decrementAndGet();
      return refused(
          request,
          Problem.tooMany(MAX_UNDER_WAY + " requests are under way at this node already"),
          start);
    }
    return answer(request, start).whenComplete((response, error) -> underWay.decrementAndGet());
  }

  private CompletionStage<HttpResponse> answer(HttpRequest request, long start) {
    Router.Match match;
    try {
      List<String> segments = new ArrayList<>();
      request.getUri().pathSegments().forEach(segments::add);
      match = router.find(request.method().value(), segments);
    } catch (IllegalUriException e) {
      return refused(request, unreadable(e), start);
    } catch (RuntimeException e) {
      return refused(request, Problem.of(e), start);
    }
    Router.Route route = match.route();
    return answer(request, match)
        .exceptionally(error -> Problem.of(error).response())
        .whenComplete(
            (response, error) ->
                metrics.answered(
                    route.method(),
                    route.pattern(),
                    error == null ? response.status().intValue() : 500,
                    System.nanoTime() - start));
  }

  private CompletionStage<HttpResponse> answer(HttpRequest request, Router.Match match) {
    Map<String, String> query;
    try {
      query = request.getUri().query().toMap();
      checkContentType(request);
    } catch (IllegalUriException e) {
      request.discardEntityBytes(system);
      return CompletableFuture.failedFuture(unreadable(e));
    } catch (RuntimeException e) {
      request.discardEntityBytes(system);
      return CompletableFuture.failedFuture(e);
    }
    return request
        .entity()
        .toStrict(BODY_TIME.toMillis(), system)
        // Told where: a stage of Scala's goes to the JDK's pool by itself, which on two processors
        // starts a thread for each request.
        .thenComposeAsync(
            body ->
                match
                    .handler()
                    .handle(new Call(request, match.path(), query, body.getData().toArray())),
            system.executionContext());
  }

  private static Problem unreadable(IllegalUriException e) {
    return Problem.badRequest("the URI cannot be read: " + e.getMessage());
  }

  private CompletionStage<HttpResponse> refused(HttpRequest request, Problem problem, long start) {
    request.discardEntityBytes(system);
    HttpResponse response = problem.response();
    metrics.refused(response.status().intValue(), System.nanoTime() - start);
    return CompletableFuture.completedFuture(response);
  }

  private static void checkContentType(HttpRequest request) {
    HttpEntity entity = request.entity();
    ContentType type = entity.getContentType();
    String media = type.mediaType().toString();
    boolean json = media.equals("application/json") || media.endsWith("+json");
    boolean unnamed = media.equals("none/none") || media.equals("application/octet-stream");
    if (request.method().value().equals("POST") && !entity.isKnownEmpty() && !json && !unnamed) {
      throw new Problem(
          415,
          "Unsupported media type",
          "send the header 'content-type: application/json', not " + media);
    }
  }

  /** Stops taking connections, lets running requests end within {@code limit}. */
  public CompletionStage<?> stop(Duration limit) {
    return binding.terminate(limit);
  }
}
