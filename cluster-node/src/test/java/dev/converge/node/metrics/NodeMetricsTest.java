package dev.converge.node.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.node.cluster.ClusterView;
import dev.converge.node.cluster.ClusterView.MemberView;
import dev.converge.pekko.EntitiesStatus;
import dev.converge.pekko.membership.ReplicasStatus;
import dev.converge.pekko.peer.LinkReport;
import dev.converge.pekko.peer.PeerStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class NodeMetricsTest {
  private static final ReplicaId SELF = new ReplicaId("node-1", 7);
  private static final ReplicaId PEER = new ReplicaId("node-2", 8);

  private NodeState state = state(10, 4);
  private final NodeMetrics metrics =
      new NodeMetrics(() -> CompletableFuture.completedFuture(state));

  private static NodeState state(long written, long acknowledged) {
    PeerStatus peer =
        new PeerStatus(
            "node-2",
            true,
            PEER,
            VersionVector.of(Map.of(SELF, acknowledged, PEER, 9L)),
            acknowledged,
            250,
            -1_500,
            true,
            20,
            30,
            2);
    return new NodeState(
        SELF,
        true,
        new ClusterView(
            "node-1",
            null,
            List.of(new MemberView("node-2", "host:1", "Up", false, 1)),
            List.of("node-3")),
        VersionVector.of(Map.of(SELF, written, PEER, 3L)),
        new EntitiesStatus(
            5,
            100,
            2,
            Map.of("cart/secret-id", "broken"),
            Map.of(),
            Map.of("cart/c", "evidence"),
            Map.of(),
            6,
            Map.of()),
        1,
        42,
        Map.of("node-2", peer),
        List.of(new LinkReport(LinkReport.Kind.DAMAGED, "node-2", PEER, 4, "evidence")),
        Optional.of(
            new ReplicasStatus(
                SELF,
                3,
                "active",
                null,
                List.of(
                    new ReplicasStatus.Member(SELF, true, Map.of(), 10),
                    new ReplicasStatus.Member(PEER, true, Map.of(SELF, 6L, PEER, 1L), 2_500)),
                HybridTimestamp.ZERO,
                1_250,
                List.of(),
                List.of(),
                List.of("retire node-3"),
                List.of())));
  }

  private PrometheusText scrape() {
    return PrometheusText.of(metrics.scrape("").toCompletableFuture().join().body());
  }

  @Test
  void theTextIsWhatPrometheusReadsAndItsNamesKeepTheConventions() {
    metrics.http().began();
    metrics.http().answered("GET", "/v1/data/{key}", 200, Duration.ofMillis(3).toNanos());
    metrics.http().began();
    metrics.http().refused(404, 1);
    PrometheusText text = scrape();

    assertThat(text.complaints()).isEmpty();
    assertThat(text.types().keySet())
        .allMatch(name -> name.matches("(converge|jvm|process)_[a-z0-9_]+"))
        .noneMatch(name -> name.matches(".*(milli|micro|nano|kilo|mega).*"))
        .contains("jvm_memory_used_bytes", "jvm_gc_collection_seconds", "jvm_threads_current");
  }

  @Test
  void valuesAreTheNodes() {
    assertThat(scrape().samples())
        .containsEntry("converge_store_keys", 42.0)
        .containsEntry("converge_log_rows_written_total", 10.0)
        .containsEntry("converge_log_rows_replicated_total", 3.0)
        .containsEntry("converge_peer_rows_behind{peer=\"node-2\"}", 6.0)
        .containsEntry("converge_peer_rows_missing{peer=\"node-2\"}", 6.0)
        .containsEntry("converge_peer_clock_skew_seconds{peer=\"node-2\"}", -1.5)
        .containsEntry("converge_peer_round_trip_seconds{peer=\"node-2\"}", 0.25)
        .containsEntry("converge_peer_resends_total{peer=\"node-2\"}", 2.0)
        .containsEntry("converge_link_reports{kind=\"damaged\"}", 1.0)
        .containsEntry("converge_link_reports{kind=\"contradiction\"}", 0.0)
        .containsEntry("converge_finality_lag_seconds", 1.25)
        .containsEntry("converge_replica_promise_age_seconds{replica=\"node-2\"}", 2.5)
        .containsEntry("converge_replica_rows_behind{replica=\"node-2\"}", 7.0)
        .containsEntry("converge_replica_accepts_writes", 1.0)
        .containsEntry("converge_replicas_undecided", 1.0)
        .containsEntry("converge_entities_live", 5.0)
        .containsEntry("converge_entities_differing", 1.0)
        .containsEntry("converge_conflicts_open", 1.0)
        .containsEntry("converge_cluster_unreachable_members", 1.0)
        .containsEntry("converge_node_ready", 1.0);
  }

  @Test
  void valuesMove() {
    scrape();
    state = state(17, 17);
    metrics.http().began();
    String series = "{method=\"POST\",route=\"/v1/data/{key}\",status=\"200\"";

    assertThat(scrape().samples())
        .containsEntry("converge_log_rows_written_total", 17.0)
        .containsEntry("converge_peer_rows_behind{peer=\"node-2\"}", 0.0)
        .containsEntry("converge_http_requests_under_way", 1.0)
        .doesNotContainKey("converge_http_request_duration_seconds_count" + series + "}");

    metrics.http().answered("POST", "/v1/data/{key}", 200, Duration.ofMillis(30).toNanos());
    assertThat(scrape().samples())
        .containsEntry("converge_http_requests_under_way", 0.0)
        .containsEntry("converge_http_request_duration_seconds_count" + series + "}", 1.0)
        .containsEntry("converge_http_request_duration_seconds_sum" + series + "}", 0.03)
        .containsEntry(
            "converge_http_request_duration_seconds_bucket" + series + ",le=\"0.025\"}", 0.0)
        .containsEntry(
            "converge_http_request_duration_seconds_bucket" + series + ",le=\"0.05\"}", 1.0);
  }

  @Test
  void noEntityIsNamedSinceThereMayBeAnyNumber() {
    assertThat(metrics.scrape("").toCompletableFuture().join().body())
        .doesNotContain("secret-id")
        .doesNotContain("evidence");
  }

  @Test
  void whoeverPrefersOpenMetricsGetsIt() {
    NodeMetrics.Scrape open =
        metrics
            .scrape("application/openmetrics-text;version=1.0.0,text/plain;q=0.5")
            .toCompletableFuture()
            .join();
    assertThat(open.contentType()).startsWith("application/openmetrics-text");
    assertThat(open.body()).endsWith("# EOF\n");
    assertThat(metrics.scrape("text/plain").toCompletableFuture().join().contentType())
        .startsWith("text/plain; version=0.0.4");
  }
}
