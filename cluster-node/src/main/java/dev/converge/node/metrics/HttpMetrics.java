package dev.converge.node.metrics;

import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;

/** How many requests were answered, with what, and how fast. Thread-safe; O(1) a request. */
public final class HttpMetrics {
  /** The route of what fits none, and the method of that: a client may send any. */
  private static final String NONE = "none";

  private final Histogram duration;
  private final Gauge underWay;

  HttpMetrics(PrometheusRegistry registry) {
    this.duration =
        Histogram.builder()
            .name("converge_http_request_duration")
            .unit(Unit.SECONDS)
            .help("Time from a request to the begin of its answer, by the pattern of its route.")
            .labelNames("method", "route", "status")
            .classicOnly()
            .classicUpperBounds(
                0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
            .register(registry);
    this.underWay =
        Gauge.builder()
            .name("converge_http_requests_under_way")
            .help("Requests that wait for their answer now; streams that have begun not counted.")
            .register(registry);
  }

  /** A request has come. */
  public void began() {
    underWay.inc();
  }

  /**
   * It is answered.
   *
   * @param route the pattern of the route, such as {@code /v1/data/{key}}
   * @param nanos since it came
   */
  public void answered(String method, String route, int status, long nanos) {
    underWay.dec();
    duration
        .labelValues(method, route, Integer.toString(status))
        .observe(Unit.nanosToSeconds(nanos));
  }

  /** It is answered, and there is no route that fits it. */
  public void refused(int status, long nanos) {
    answered(NONE, NONE, status, nanos);
  }
}
