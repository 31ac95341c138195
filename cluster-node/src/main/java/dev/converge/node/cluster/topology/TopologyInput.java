package dev.converge.node.cluster.topology;

import java.util.UUID;

/** What can happen to the machine. All times are in milliseconds of one monotonic clock. */
public sealed interface TopologyInput {
  /**
   * Time has passed. Every decision is made here; the other inputs only record facts.
   *
   * @param now the time
   * @param freshId an id never given before, taken if a cluster is founded at this tick
   */
  record Tick(long now, UUID freshId) implements TopologyInput {}

  /**
   * A peer has answered. A peer that does not answer needs no input: it falls silent by itself.
   *
   * @param now the time the answer came
   * @param report the answer
   */
  record PeerAnswered(long now, PeerReport report) implements TopologyInput {}

  /**
   * The own cluster system's view of its members.
   *
   * @param membership the view; one of another system than the present one is ignored
   */
  record MembershipSeen(Membership membership) implements TopologyInput {}

  /**
   * Another system says that it has quarantined the own one. Remoting between the two is dead both
   * ways until one of them is replaced.
   *
   * @param ownUid the id of the quarantined system
   * @param byUid the id of the one that did it
   */
  record Quarantined(long ownUid, long byUid) implements TopologyInput {}

  /**
   * A new cluster system runs, after {@link TopologyEffect.Replace}.
   *
   * @param now the time
   * @param uid its id
   */
  record SystemStarted(long now, long uid) implements TopologyInput {}
}
