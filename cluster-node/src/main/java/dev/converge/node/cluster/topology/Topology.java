package dev.converge.node.cluster.topology;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * One node's place in the cluster: {@code step(state, input) → (state, effects)}. Immutable; the
 * same inputs give the same effects.
 *
 * <p>Nobody is ever downed for being unreachable, and no write waits for any of this: the machine
 * only decides whom to join, when to found a cluster, and when to give one up. Peers report to each
 * other over a channel of their own, so they can talk while remoting between them is dead.
 *
 * <table class="striped">
 * <caption>Transitions, all taken at a tick; the first row that fits applies</caption>
 * <thead><tr><th>phase</th><th>sees</th><th>does</th><th>next</th></tr></thead>
 * <tbody>
 * <tr><td>OUT</td><td>own system is a member</td><td>nothing</td><td>IN</td></tr>
 * <tr><td>OUT</td><td>own system is gone, or for its hold a live peer has quarantined it</td><td>Replace</td><td>MERGING</td></tr>
 * <tr><td>OUT</td><td>for its hold: a live peer that is in, and no way in</td><td>Replace: the
 * cluster may have removed this very system</td><td>MERGING</td></tr>
 * <tr><td>OUT</td><td>live peers that are in</td><td>JoinPeers: those in the greatest of their
 * clusters; again after {@code rejoin}</td><td>OUT</td></tr>
 * <tr><td>OUT</td><td>grace not over</td><td>wait</td><td>OUT</td></tr>
 * <tr><td>OUT</td><td>a live peer with a lower name</td><td>wait for it to found one</td><td>OUT</td></tr>
 * <tr><td>OUT</td><td>no live peer, or only higher names</td><td>JoinSelf; again after
 * {@code rejoin}</td><td>OUT</td></tr>
 * <tr><td>IN</td><td>own system is gone</td><td>Replace</td><td>MERGING</td></tr>
 * <tr><td>IN</td><td>for its hold: a live peer in another cluster of greater claim
 * ({@link ClusterRank})</td><td>Replace</td><td>MERGING</td></tr>
 * <tr><td>IN</td><td>for its hold: a live peer that has quarantined this system (if each has
 * quarantined the other: the one of lesser claim)</td><td>Replace</td><td>MERGING</td></tr>
 * <tr><td>IN</td><td>for its hold: a live peer of greater claim that says it is in the same cluster,
 * where one of the two lacks the other's system, with no third peer that is together with
 * both</td><td>Replace</td><td>MERGING</td></tr>
 * <tr><td>IN</td><td>a fellow member with a lower cluster id</td><td>takes that id</td><td>IN</td></tr>
 * <tr><td>IN</td><td>anything else, such as peers that do not answer</td><td>nothing</td><td>IN</td></tr>
 * <tr><td>MERGING</td><td>SystemStarted</td><td>nothing</td><td>OUT, grace anew</td></tr>
 * </tbody>
 * </table>
 *
 * <p>Why it ends: claims are totally ordered and both sides of a meeting compare the same two, so
 * of two clusters one gives way; a node that is OUT founds nothing while a live peer is in; and
 * each merge that has not brought everybody together doubles the holds, so that views have time to
 * settle where they disagree. A tick costs O(peers · members).
 *
 * @param self this node's name
 * @param settings the times
 * @param now the last tick, in milliseconds
 * @param phase where the node is
 * @param membership what the present cluster system knows
 * @param sights the last answer of each peer
 * @param quarantinedBy ids of systems that have quarantined the present one
 * @param troubles what would need a merge, by peer
 * @param merges merges since everybody in sight was together
 */
public record Topology(
    String self,
    TopologySettings settings,
    long now,
    Phase phase,
    Membership membership,
    Map<String, Sight> sights,
    Set<Long> quarantinedBy,
    Map<String, Trouble> troubles,
    int merges) {

  /**
   * A peer's last answer.
   *
   * @param at when it came, in milliseconds
   * @param report what it said
   */
  record Sight(long at, PeerReport report) {}

  /**
   * The outcome of a step.
   *
   * @param state the next state
   * @param effects what to do, in order
   */
  public record Step(Topology state, List<TopologyEffect> effects) {}

  /** Copies the collections. */
  public Topology {
    sights = Map.copyOf(sights);
    quarantinedBy = Set.copyOf(quarantinedBy);
    troubles = Map.copyOf(troubles);
  }

  /**
   * A node that has just started.
   *
   * @param self its name; names are ordered as strings
   * @param settings the times
   * @param now the time, in milliseconds
   * @param uid the id of its cluster system
   * @return the first state, OUT
   */
  public static Topology start(String self, TopologySettings settings, long now, long uid) {
    return new Topology(
        self,
        settings,
        now,
        new Phase.Out(now, now, null),
        Membership.none(uid),
        Map.of(),
        Set.of(),
        Map.of(),
        0);
  }

  /**
   * One step.
   *
   * @param input what happened
   * @return the next state and what to do
   */
  public Step step(TopologyInput input) {
    if (input instanceof TopologyInput.Tick tick) {
      return new Decision(this, tick).take();
    } else if (input instanceof TopologyInput.PeerAnswered answered) {
      return quietly(withSight(answered));
    } else if (input instanceof TopologyInput.MembershipSeen seen) {
      boolean present = seen.membership().uid() == membership.uid();
      return quietly(present ? withMembership(seen.membership()) : this);
    } else if (input instanceof TopologyInput.Quarantined quarantined) {
      boolean present = quarantined.ownUid() == membership.uid();
      return quietly(present ? withQuarantine(quarantined.byUid()) : this);
    } else if (input instanceof TopologyInput.SystemStarted started) {
      return quietly(withSystem(started));
    }
    throw new AssertionError(input);
  }

  /**
   * Where the node is, as it tells its peers.
   *
   * @return the report
   */
  public PeerReport report() {
    boolean in = phase instanceof Phase.In;
    UUID id = phase instanceof Phase.In at ? at.clusterId() : null;
    return new PeerReport(
        self,
        phase.name(),
        id,
        membership.uid(),
        membership.seats(),
        in && id != null ? claim(id) : null,
        quarantinedBy);
  }

  /**
   * The peers that have answered lately. O(peers).
   *
   * @return their last reports, by name
   */
  public List<PeerReport> livePeers() {
    List<PeerReport> live = new ArrayList<>();
    for (Sight sight : sights.values()) {
      if (now - sight.at() <= settings.live()) {
        live.add(sight.report());
      }
    }
    // Maps of the JDK iterate in another order in each process.
    live.sort(Comparator.comparing(PeerReport::name));
    return live;
  }

  /** Each knows the present system of the other as a member: they are in one cluster. */
  boolean together(PeerReport peer) {
    return peer.isIn()
        && membership.has(peer.uid())
        && Membership.has(peer.seats(), membership.uid());
  }

  /** What this node can speak for: the peers that answer and are together with it. */
  private ClusterRank claim(UUID clusterId) {
    int members = 1;
    String lowest = self;
    for (PeerReport peer : livePeers()) {
      if (together(peer)) {
        members++;
        lowest = peer.name().compareTo(lowest) < 0 ? peer.name() : lowest;
      }
    }
    return new ClusterRank(members, lowest, clusterId);
  }

  private static Step quietly(Topology state) {
    return new Step(state, List.of());
  }

  Topology at(long time, Phase nextPhase, Map<String, Trouble> nextTroubles, int nextMerges) {
    return new Topology(
        self,
        settings,
        time,
        nextPhase,
        membership,
        sights,
        quarantinedBy,
        nextTroubles,
        nextMerges);
  }

  private Topology withSight(TopologyInput.PeerAnswered answered) {
    Map<String, Sight> next = new HashMap<>(sights);
    next.put(answered.report().name(), new Sight(answered.now(), answered.report()));
    return new Topology(
        self, settings, now, phase, membership, next, quarantinedBy, troubles, merges);
  }

  private Topology withMembership(Membership next) {
    return new Topology(self, settings, now, phase, next, sights, quarantinedBy, troubles, merges);
  }

  private Topology withQuarantine(long uid) {
    Set<Long> next = new HashSet<>(quarantinedBy);
    next.add(uid);
    return new Topology(self, settings, now, phase, membership, sights, next, troubles, merges);
  }

  private Topology withSystem(TopologyInput.SystemStarted started) {
    return new Topology(
        self,
        settings,
        started.now(),
        new Phase.Out(started.now(), started.now(), null),
        Membership.none(started.uid()),
        sights,
        Set.of(),
        Map.of(),
        merges);
  }
}
