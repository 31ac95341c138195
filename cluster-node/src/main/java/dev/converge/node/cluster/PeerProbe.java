package dev.converge.node.cluster;

import dev.converge.node.cluster.topology.PeerReport;
import dev.converge.node.config.NodeConfig.Peer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks one peer about itself about once a second, never twice at a time, and passes its answers on.
 * A peer that does not answer in time is simply not heard of.
 */
final class PeerProbe {
  private static final Logger LOG = LoggerFactory.getLogger(PeerProbe.class);
  private static final long CADENCE_MILLIS = 1_000;
  private static final Duration CONNECT_LIMIT = Duration.ofMillis(800);
  private static final Duration ANSWER_LIMIT = Duration.ofMillis(1_500);
  private static final long LARGEST_ANSWER = 1 << 20;

  private final Peer peer;
  private final HttpClient client;
  private final HttpRequest request;
  private final Faults faults;
  private final ScheduledExecutorService loop;
  private final Consumer<PeerReport> answers;
  private String lastComplaint = "";

  /** Answers arrive on the loop. */
  PeerProbe(
      String self,
      Peer peer,
      HttpClient client,
      Faults faults,
      ScheduledExecutorService loop,
      Consumer<PeerReport> answers) {
    this.peer = peer;
    this.client = client;
    this.faults = faults;
    this.loop = loop;
    this.answers = answers;
    this.request =
        HttpRequest.newBuilder(URI.create("http://" + peer.http() + TopologyEndpoint.PATH))
            .header(TopologyEndpoint.FROM_HEADER, self)
            .timeout(ANSWER_LIMIT)
            .build();
  }

  /** One client for all probes of a node. */
  static HttpClient client() {
    return PlainHttp.client(CONNECT_LIMIT);
  }

  void start() {
    loop.execute(this::ask);
  }

  private void ask() {
    if (faults.isCut(peer.name())) {
      again();
      return;
    }
    CompletableFuture<HttpResponse<String>> answer = client.sendAsync(request, limitedText());
    answer
        // The request's own time ends with the headers.
        .orTimeout(ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete(
            (response, failure) -> {
              if (failure != null) {
                answer.cancel(true);
              }
              if (!loop.isShutdown()) {
                loop.execute(() -> answered(response));
              }
            });
  }

  private void answered(@Nullable HttpResponse<String> response) {
    try {
      if (response != null && response.statusCode() == 200 && !faults.isCut(peer.name())) {
        PeerReport report = TopologyJson.read(response.body());
        if (report.name().equals(peer.name())) {
          answers.accept(report);
        } else {
          complain("it says that it is " + report.name() + "; check the addresses configured");
        }
      }
    } catch (IllegalArgumentException e) {
      complain(String.valueOf(e.getMessage()));
    } finally {
      again();
    }
  }

  private void complain(String complaint) {
    if (!complaint.equals(lastComplaint)) {
      lastComplaint = complaint;
      LOG.warn("Ignoring what {} answers at {}: {}", peer.name(), request.uri(), complaint);
    }
  }

  private void again() {
    if (!loop.isShutdown()) {
      loop.schedule(this::ask, CADENCE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private static BodyHandler<String> limitedText() {
    return info ->
        info.headers().firstValueAsLong("content-length").orElse(0) > LARGEST_ANSWER
            ? BodySubscribers.replacing("")
            : BodyHandlers.ofString().apply(info);
  }
}
