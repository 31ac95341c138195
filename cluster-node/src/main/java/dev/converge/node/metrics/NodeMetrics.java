package dev.converge.node.metrics;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * All metrics of one node, of which there may be several in a JVM: of HTTP, of the node's parts, of
 * the JVM. Thread-safe.
 */
public final class NodeMetrics {
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final HttpMetrics http = new HttpMetrics(registry);
  private final Supplier<CompletionStage<NodeState>> states;

  /**
   * What is told.
   *
   * @param contentType of {@code body}
   * @param body in UTF-8
   */
  public record Scrape(String contentType, String body) {}

  /**
   * Metrics of the node whose state {@code states} gives.
   *
   * @param states asked at each scrape; must not block
   */
  public NodeMetrics(Supplier<CompletionStage<NodeState>> states) {
    this.states = states;
    JvmMemoryMetrics.builder().register(registry);
    JvmGarbageCollectorMetrics.builder().register(registry);
    JvmThreadsMetrics.builder().register(registry);
    ProcessMetrics.builder().register(registry);
  }

  /** Where the HTTP server counts. */
  public HttpMetrics http() {
    return http;
  }

  /**
   * All of them now. O(live entities + peers + series).
   *
   * @param accept the header {@code Accept} of whoever asks: OpenMetrics for those that prefer it,
   *     as Prometheus does, else Prometheus' text format
   */
  public CompletionStage<Scrape> scrape(String accept) {
    return states.get().thenApply(state -> written(state, accept));
  }

  private Scrape written(NodeState state, String accept) {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    NodeFamilies.add(state, all);
    registry.scrape().stream().forEach(all::metricSnapshot);
    ExpositionFormatWriter open = new OpenMetricsTextFormatWriter(false, true);
    ExpositionFormatWriter writer =
        open.accepts(accept) ? open : PrometheusTextFormatWriter.create();
    ByteArrayOutputStream out = new ByteArrayOutputStream(16_384);
    try {
      writer.write(out, all.build());
    } catch (IOException e) {
      throw new UncheckedIOException("a buffer in memory cannot be written", e);
    }
    return new Scrape(writer.getContentType(), out.toString(StandardCharsets.UTF_8));
  }
}
