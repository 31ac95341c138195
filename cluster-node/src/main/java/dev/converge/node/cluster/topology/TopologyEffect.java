package dev.converge.node.cluster.topology;

import java.util.List;

/** What the machine wants done. The caller does it in order, and reports back by inputs. */
public sealed interface TopologyEffect {
  /**
   * Ask these peers to let the cluster system in. May be asked again while an earlier attempt runs;
   * does nothing once the system is a member.
   *
   * @param names peers of one cluster, the best placed first; never empty
   */
  record JoinPeers(List<String> names) implements TopologyEffect {
    /** Copies the list. */
    public JoinPeers {
      names = List.copyOf(names);
    }
  }

  /** Found a cluster: let the cluster system join itself. */
  record JoinSelf() implements TopologyEffect {}

  /**
   * Hand over, end the cluster system, start a new one at the same address, then send {@link
   * TopologyInput.SystemStarted}. The caller must come to that end, whatever it takes.
   *
   * @param reason why, for people
   */
  record Replace(String reason) implements TopologyEffect {}
}
