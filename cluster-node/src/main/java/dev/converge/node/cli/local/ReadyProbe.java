package dev.converge.node.cli.local;

import dev.converge.node.cluster.PlainHttp;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** Asks {@code /health/ready} of nodes that start until they say yes. Thread-safe. */
final class ReadyProbe implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final long PERIOD_MILLIS = 100;

  private final LocalLayout layout;
  private final BiConsumer<Integer, Integer> onReady;
  private final Map<Integer, Integer> runsByNode = new ConcurrentHashMap<>();
  private final ScheduledExecutorService timer;
  private final HttpClient client;

  /** {@code onReady} is told node and run. */
  ReadyProbe(LocalLayout layout, BiConsumer<Integer, Integer> onReady) {
    this.layout = layout;
    this.onReady = onReady;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "ready probe");
              thread.setDaemon(true);
              return thread;
            });
    this.client = PlainHttp.client(TIMEOUT);
    timer.scheduleWithFixedDelay(this::askAll, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  void watch(int node, int run) {
    runsByNode.put(node, run);
  }

  void forget(int node) {
    runsByNode.remove(node);
  }

  private void askAll() {
    runsByNode.forEach(
        (node, run) -> {
          if (isReady(client, layout.url(node)) && runsByNode.remove(node, run)) {
            onReady.accept(node, run);
          }
        });
  }

  /** Whether the node at {@code url} answers that it is ready. */
  static boolean isReady(HttpClient client, URI url) {
    HttpRequest request =
        HttpRequest.newBuilder(url.resolve("/health/ready")).timeout(TIMEOUT).build();
    try {
      return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (java.io.IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
