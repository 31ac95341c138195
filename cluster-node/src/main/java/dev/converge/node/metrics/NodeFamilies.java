package dev.converge.node.metrics;

import dev.converge.pekko.EntitiesStatus;
import dev.converge.pekko.membership.ReplicasStatus;
import dev.converge.pekko.peer.LinkReport;
import dev.converge.pekko.peer.PeerStatus;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** The metrics of a node's state: a function of it alone. */
final class NodeFamilies {
  private static final double MILLIS = 1_000;

  private final MetricSnapshots.Builder all;

  private NodeFamilies(MetricSnapshots.Builder all) {
    this.all = all;
  }

  /** Adds those of {@code state} to {@code all}. */
  static void add(NodeState state, MetricSnapshots.Builder all) {
    NodeFamilies families = new NodeFamilies(all);
    families.node(state);
    families.entities(state);
    families.peers(state);
    state.replicas().ifPresent(status -> families.replicas(status, state));
  }

  private void node(NodeState state) {
    gauge("converge_node_ready", "1 if the health check says ready.", bit(state.isReady()));
    gauge(
        "converge_cluster_members",
        "Members of the Pekko cluster as this node sees it, itself included.",
        state.cluster().members().size());
    gauge(
        "converge_cluster_unreachable_members",
        "Those of them that do not answer this node.",
        state.cluster().members().stream().filter(member -> !member.reachable()).count());
    gauge(
        "converge_cluster_absent_nodes",
        "Configured nodes that are no members.",
        state.cluster().absent().size());
    gauge("converge_store_keys", "Keys that the store shows.", state.storeKeys());
    counter(
        "converge_log_rows_written",
        "Rows of this replica's own log in the journal: its events, and few others.",
        state.held().get(state.self()));
    counter(
        "converge_log_rows_replicated",
        "Rows of other replicas' logs in the journal.",
        state.rowsOfOthers());
  }

  private void entities(NodeState state) {
    EntitiesStatus entities = state.entities();
    gauge("converge_entities_live", "Entities in memory.", entities.live());
    gauge("converge_entities_live_limit", "How many may be.", entities.maxLive());
    gauge(
        "converge_entities_unsettled",
        "Entities in memory with events that are not final, or not known to be everywhere.",
        entities.notSettled());
    gauge(
        "converge_entities_damaged",
        "Entities that do not answer until they are repaired.",
        entities.damaged().size());
    gauge(
        "converge_entities_parked",
        "Entities in memory with events of a newer schema than this node knows.",
        entities.parked().size());
    gauge(
        "converge_entities_differing",
        "Entities whose state was found to differ from a peer's at equal versions.",
        entities.differing().size());
    gauge(
        "converge_entities_too_late",
        "Entities in memory with events that came behind what was final.",
        entities.cameTooLate().size());
    gauge(
        "converge_final_hooks_waiting",
        "Own events that wait for their finality, or for their hook.",
        entities.hooksWaiting());
    gauge(
        "converge_final_hooks_failing",
        "Events whose hook failed last time.",
        entities.hookFailures().size());
    gauge(
        "converge_conflicts_open",
        "Entities with a conflict that waits for a person's decision.",
        state.conflicts());
  }

  private void peers(NodeState state) {
    Collection<PeerStatus> peers = new TreeMap<>(state.peers()).values();
    perPeer("converge_peer_up", "1 if the peer link stands.", peers, peer -> bit(peer.isUp()));
    perPeer(
        "converge_peer_rows_behind",
        "Rows of this replica's log that the peer has not confirmed.",
        peers,
        state::rowsBehind);
    perPeer(
        "converge_peer_rows_missing",
        "Rows of any log that the peer said it has, and that are not here yet.",
        peers,
        state::rowsMissing);
    perPeer(
        "converge_peer_round_trip_seconds",
        "From a push to its confirmation, the commit at the peer included; smoothed.",
        peers,
        peer -> peer.roundTripMillis() < 0 ? Double.NaN : peer.roundTripMillis() / MILLIS);
    perPeer(
        "converge_peer_clock_skew_seconds",
        "How far the peer's clock is ahead of this node's.",
        peers,
        peer -> peer.clockSkewMillis() / MILLIS);
    perPeer(
        "converge_peer_clock_off",
        "1 if that is more than is allowed.",
        peers,
        peer -> bit(peer.clockIsOff()));
    perPeerTotal(
        "converge_peer_rows_sent",
        "Rows sent to the peer since the start, repetitions included.",
        peers,
        PeerStatus::rowsSent);
    perPeerTotal(
        "converge_peer_rows_received",
        "Rows that came from the peer since the start, repetitions included.",
        peers,
        PeerStatus::rowsReceived);
    perPeerTotal(
        "converge_peer_resends",
        "How often rows had to be sent again since the start.",
        peers,
        PeerStatus::resends);
    Map<String, Double> reports = new LinkedHashMap<>();
    for (LinkReport.Kind kind : LinkReport.Kind.values()) {
      long count = state.reports().stream().filter(report -> report.kind() == kind).count();
      reports.put(kind.name().toLowerCase(Locale.ROOT), (double) count);
    }
    gauges(
        "converge_link_reports",
        "What does not mend itself between this node and others, by kind.",
        "kind",
        reports);
  }

  private void replicas(ReplicasStatus status, NodeState state) {
    gauge("converge_replicas_epoch", "The epoch of the set of replicas.", status.epoch());
    gauge("converge_replicas_members", "Members of that set.", status.members().size());
    gauge(
        "converge_replicas_undecided",
        "Changes of the set that are wanted and not decided yet.",
        status.open().size());
    gauge(
        "converge_replica_accepts_writes",
        "1 if commands to entities are accepted here.",
        bit(status.refusesWrites() == null));
    gauge(
        "converge_finality_lag_seconds",
        "How far the oldest thing here that is not final lies back; 0 if all is final.",
        status.finalityLagMillis() / MILLIS);
    Map<String, Double> ages = new LinkedHashMap<>();
    Map<String, Double> behind = new LinkedHashMap<>();
    for (ReplicasStatus.Member member : status.members()) {
      if (!member.replica().equals(state.self())) {
        // Of two incarnations of one name, which are there for a moment, the newer one.
        String name = member.replica().name();
        double age = member.promiseAgeMillis() < 0 ? Double.NaN : member.promiseAgeMillis();
        ages.put(name, age / MILLIS);
        behind.put(
            name, (double) member.lagRows().values().stream().mapToLong(Long::longValue).sum());
      }
    }
    gauges(
        "converge_replica_promise_age_seconds",
        "How old the newest promise of the replica is that is known here; finality waits for it.",
        "replica",
        ages);
    gauges(
        "converge_replica_rows_behind",
        "Rows, of all logs, that are known to exist and that the replica has not confirmed.",
        "replica",
        behind);
  }

  private static double bit(boolean is) {
    return is ? 1 : 0;
  }

  private void gauge(String name, String help, Number value) {
    all.metricSnapshot(
        GaugeSnapshot.builder()
            .name(name)
            .help(help)
            .dataPoint(GaugeDataPointSnapshot.builder().value(value.doubleValue()).build())
            .build());
  }

  private void gauges(String name, String help, String label, Map<String, Double> values) {
    GaugeSnapshot.Builder family = GaugeSnapshot.builder().name(name).help(help);
    values.forEach(
        (which, value) ->
            family.dataPoint(
                GaugeDataPointSnapshot.builder()
                    .labels(Labels.of(label, which))
                    .value(value)
                    .build()));
    all.metricSnapshot(family.build());
  }

  /** {@code name} without {@code _total}. */
  private void counter(String name, String help, Number value) {
    all.metricSnapshot(
        CounterSnapshot.builder()
            .name(name)
            .help(help)
            .dataPoint(CounterDataPointSnapshot.builder().value(value.doubleValue()).build())
            .build());
  }

  private void perPeer(
      String name, String help, Collection<PeerStatus> peers, ToDoubleFunction<PeerStatus> value) {
    Map<String, Double> values = new LinkedHashMap<>();
    peers.forEach(peer -> values.put(peer.name(), value.applyAsDouble(peer)));
    gauges(name, help, "peer", values);
  }

  private void perPeerTotal(
      String name, String help, Collection<PeerStatus> peers, ToDoubleFunction<PeerStatus> value) {
    CounterSnapshot.Builder family = CounterSnapshot.builder().name(name).help(help);
    for (PeerStatus peer : peers) {
      family.dataPoint(
          CounterDataPointSnapshot.builder()
              .labels(Labels.of("peer", peer.name()))
              .value(value.applyAsDouble(peer))
              .build());
    }
    all.metricSnapshot(family.build());
  }
}
