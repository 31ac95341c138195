package dev.converge.node.http;

import dev.converge.node.metrics.NodeMetrics;
import java.nio.charset.StandardCharsets;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** {@code GET /metrics}, for Prometheus. */
final class MetricsRoutes {
  static final String PATH = "/metrics";

  private final NodeMetrics metrics;

  MetricsRoutes(NodeMetrics metrics) {
    this.metrics = metrics;
  }

  void addTo(Router router) {
    router.add(
        "GET",
        PATH,
        call -> {
          call.onlyQuery();
          return metrics
              .scrape(call.header("Accept").orElse(""))
              .thenApply(MetricsRoutes::response);
        });
  }

  private static HttpResponse response(NodeMetrics.Scrape scrape) {
    ContentType type = ContentTypes.parse(scrape.contentType());
    return HttpResponse.create()
        .withEntity(HttpEntities.create(type, scrape.body().getBytes(StandardCharsets.UTF_8)));
  }
}
