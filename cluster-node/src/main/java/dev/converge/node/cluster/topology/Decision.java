package dev.converge.node.cluster.topology;

import static java.util.Comparator.comparing;
import static java.util.Comparator.reverseOrder;

import dev.converge.node.cluster.topology.Membership.Standing;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a node decides at one tick; the table is at {@link Topology}. */
final class Decision {
  private static final String REMOVED = "another member has removed this node from its cluster";

  private final Topology before;
  private final long now;
  private final UUID freshId;
  private final TopologySettings settings;
  private final List<PeerReport> live;

  Decision(Topology before, TopologyInput.Tick tick) {
    // What is live is judged at this tick's time.
    this.before = before.at(tick.now(), before.phase(), before.troubles(), before.merges());
    this.now = tick.now();
    this.freshId = tick.freshId();
    this.settings = before.settings();
    this.live = this.before.livePeers();
    this.paused = tick.now() - before.now() > before.settings().live();
  }

  /** The process stood still: what it has not heard meanwhile says nothing about its peers. */
  private final boolean paused;

  Topology.Step take() {
    Phase phase = before.phase();
    if (phase instanceof Phase.Out out) {
      return whileOut(paused ? new Phase.Out(now, out.askedAt(), out.joining()) : out);
    } else if (phase instanceof Phase.In in) {
      return whileIn(in);
    }
    return stay(phase, Map.of());
  }

  private Topology.Step whileOut(Phase.Out out) {
    if (before.membership().standing() == Standing.MEMBER) {
      return stay(new Phase.In(clusterEntered(out)), Map.of());
    }
    if (before.membership().standing() == Standing.GONE) {
      return replace(REMOVED);
    }
    Map<String, Trouble> troubles = troubles();
    Optional<String> ripe = ripe(troubles);
    if (ripe.isPresent()) {
      return replace(ripe.get());
    }
    boolean mayAsk = out.joining() == null || now - out.askedAt() >= settings.rejoin();
    Optional<PeerReport> best =
        live.stream()
            .filter(PeerReport::isIn)
            .max(
                comparing(PeerReport::claim, byClaim())
                    .thenComparing(PeerReport::name, reverseOrder()));
    if (best.isPresent()) {
      UUID id = best.get().clusterId();
      if (!mayAsk && id != null && id.equals(out.joining())) {
        return stay(out, troubles);
      }
      return act(
          new Phase.Out(out.since(), now, id),
          troubles,
          new TopologyEffect.JoinPeers(sameCluster(best.get())));
    }
    boolean lowest = live.stream().allMatch(peer -> before.self().compareTo(peer.name()) < 0);
    if (mayAsk && lowest && now - out.since() >= settings.grace()) {
      return act(new Phase.Out(out.since(), now, freshId), troubles, new TopologyEffect.JoinSelf());
    }
    return stay(out, troubles);
  }

  private Topology.Step whileIn(Phase.In in) {
    if (before.membership().standing() == Standing.GONE) {
      return replace(REMOVED);
    }
    if (before.membership().standing() != Standing.MEMBER) {
      return stay(in, Map.of());
    }
    UUID lowestId = in.clusterId();
    boolean allTogether = true;
    for (PeerReport peer : live) {
      UUID theirs = peer.clusterId();
      if (before.together(peer) && theirs != null) {
        lowestId = theirs.compareTo(lowestId) < 0 ? theirs : lowestId;
      } else {
        allTogether = false;
      }
    }
    Map<String, Trouble> troubles = troubles();
    Optional<String> ripe = ripe(troubles);
    if (ripe.isPresent()) {
      return replace(ripe.get());
    }
    int merges = allTogether && !live.isEmpty() ? 0 : before.merges();
    return new Topology.Step(before.at(now, new Phase.In(lowestId), troubles, merges), List.of());
  }

  /** Alone, it was founded just now; else it bears the name that its members give it. */
  private UUID clusterEntered(Phase.Out out) {
    if (before.membership().seats().size() <= 1) {
      return freshId;
    }
    Optional<UUID> told =
        live.stream()
            .filter(before::together)
            .flatMap(peer -> Optional.ofNullable(peer.clusterId()).stream())
            .min(Comparator.naturalOrder());
    UUID asked = out.joining();
    return told.orElse(asked == null ? freshId : asked);
  }

  /** The peers to ask along with the best placed one; not those that only bear the same id. */
  private List<String> sameCluster(PeerReport best) {
    List<String> names = new ArrayList<>(List.of(best.name()));
    live.stream()
        .filter(peer -> peer.isIn() && !peer.name().equals(best.name()))
        .filter(peer -> Membership.has(peer.seats(), best.uid()))
        .map(PeerReport::name)
        .forEach(names::add);
    return names;
  }

  private Map<String, Trouble> troubles() {
    Map<String, Trouble> found = new HashMap<>();
    PeerReport mine = before.report();
    for (PeerReport peer : live) {
      Trouble.Kind kind = trouble(mine, peer);
      if (kind != null) {
        Trouble earlier = before.troubles().get(peer.name());
        boolean lasting = earlier != null && earlier.kind() == kind && !paused;
        found.put(peer.name(), lasting ? earlier : new Trouble(kind, now));
      }
    }
    return found;
  }

  private Trouble.@Nullable Kind trouble(PeerReport mine, PeerReport peer) {
    boolean quarantined =
        before.quarantinedBy().contains(peer.uid())
            && (!peer.quarantinedBy().contains(mine.uid()) || yields(mine, peer));
    if (quarantined && peer.phase() != Phase.Name.MERGING) {
      return Trouble.Kind.QUARANTINED;
    }
    if (!peer.isIn() || before.together(peer)) {
      return null;
    }
    if (!mine.isIn()) {
      return Trouble.Kind.KEPT_OUT;
    }
    boolean sameId = mine.clusterId() != null && mine.clusterId().equals(peer.clusterId());
    if (!yields(mine, peer) || (sameId && hasGoBetween(peer))) {
      return null;
    }
    boolean strangers =
        !before.membership().has(peer.uid()) && !Membership.has(peer.seats(), mine.uid());
    return !sameId || strangers ? Trouble.Kind.APART : Trouble.Kind.DROPPED;
  }

  /**
   * A third node that is together with both will bring the peer the news of this one. Without such
   * a one it may never come: a member takes no gossip from a system that it does not know.
   */
  private boolean hasGoBetween(PeerReport peer) {
    return live.stream()
        .anyMatch(
            third ->
                before.together(third)
                    && Membership.has(third.seats(), peer.uid())
                    && Membership.has(peer.seats(), third.uid()));
  }

  /** Whether this node gives way to the peer; of two that meet exactly one does. */
  private static boolean yields(PeerReport mine, PeerReport peer) {
    int order = byClaim().compare(mine.claim(), peer.claim());
    return order == 0 ? mine.name().compareTo(peer.name()) > 0 : order < 0;
  }

  private static Comparator<@Nullable ClusterRank> byClaim() {
    return Comparator.nullsFirst(Comparator.<ClusterRank>naturalOrder());
  }

  private Optional<String> ripe(Map<String, Trouble> troubles) {
    return troubles.entrySet().stream()
        .filter(
            e -> now - e.getValue().since() >= e.getValue().kind().hold(settings, before.merges()))
        .min(Map.Entry.comparingByKey())
        .map(e -> e.getValue().kind().text(e.getKey()));
  }

  private Topology.Step stay(Phase phase, Map<String, Trouble> troubles) {
    return new Topology.Step(before.at(now, phase, troubles, before.merges()), List.of());
  }

  private Topology.Step act(Phase phase, Map<String, Trouble> troubles, TopologyEffect effect) {
    return new Topology.Step(before.at(now, phase, troubles, before.merges()), List.of(effect));
  }

  private Topology.Step replace(String reason) {
    return new Topology.Step(
        before.at(now, new Phase.Merging(now), Map.of(), before.merges() + 1),
        List.of(new TopologyEffect.Replace(reason)));
  }
}
