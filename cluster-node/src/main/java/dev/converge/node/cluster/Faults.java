package dev.converge.node.cluster;

import dev.converge.node.config.NodeConfig;
import dev.converge.node.config.NodeConfig.Peer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.pekko.actor.Address;
import org.apache.pekko.remote.transport.ThrottlerTransportAdapter;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a node off from peers, for tests and demonstrations. A cut drops all that remoting sends to
 * or receives from the peer, on the control, ordinary and large streams alike, and refuses the
 * peer's probes; it outlives a merge of this node, and ends with its process. One side's cut
 * suffices: nothing passes in either direction. Thread-safe.
 */
public final class Faults {
  private final boolean enabled;
  private final String self;
  private final Map<String, Address> peers = new HashMap<>();
  private final Set<String> cut = new TreeSet<>();
  private volatile Set<String> published = Set.of();
  private @Nullable ClusterSystem system;

  Faults(NodeConfig config) {
    enabled = config.faultsEnabled();
    self = config.name();
    for (Peer peer : config.peers()) {
      peers.put(peer.name(), ClusterSystem.address(peer.remote()));
    }
  }

  /**
   * Cuts this node off from these peers too, both ways, at once.
   *
   * @param names configured names of peers
   * @throws IllegalStateException if the configuration does not enable faults
   * @throws IllegalArgumentException if a name is not a peer's; nothing is cut then
   */
  public synchronized void cut(Set<String> names) {
    requireEnabled();
    for (String name : names) {
      if (!peers.containsKey(name)) {
        throw new IllegalArgumentException(
            "Cannot cut "
                + self
                + " off from "
                + name
                + ": its peers are "
                + String.join(", ", new TreeSet<>(peers.keySet())));
      }
    }
    cut.addAll(names);
    published = Set.copyOf(cut);
    names.forEach(name -> throttle(name, true));
  }

  /**
   * Ends this node's cut against a peer, if there is one. The peer's own stays.
   *
   * @throws IllegalStateException if the configuration does not enable faults
   */
  public synchronized void heal(String name) {
    requireEnabled();
    if (cut.remove(name)) {
      published = Set.copyOf(cut);
      throttle(name, false);
    }
  }

  /**
   * Ends all cuts of this node. Those that peers have made against it stay.
   *
   * @throws IllegalStateException if the configuration does not enable faults
   */
  public synchronized void heal() {
    requireEnabled();
    cut.forEach(name -> throttle(name, false));
    cut.clear();
    published = Set.of();
  }

  /**
   * Whether this node has cut a peer off.
   *
   * @param name the peer's name
   * @return whether it is cut off
   */
  public boolean isCut(String name) {
    return published.contains(name);
  }

  /**
   * The peers that this node has cut off.
   *
   * @return their names
   */
  public Set<String> cutOff() {
    return published;
  }

  /** Puts the cuts on a new system, before it joins anybody. */
  synchronized void apply(ClusterSystem fresh) {
    system = fresh;
    cut.forEach(name -> throttle(name, true));
  }

  @SuppressWarnings(
      "deprecation") // Artery takes the commands of the old transport, and has no others.
  private void throttle(String name, boolean closed) {
    Address address = peers.get(name);
    if (system != null && address != null) {
      system
          .transport()
          .managementCommand(
              new ThrottlerTransportAdapter.SetThrottle(
                  address,
                  ThrottlerTransportAdapter.bothDirection(),
                  closed
                      ? ThrottlerTransportAdapter.blackholeThrottleMode()
                      : ThrottlerTransportAdapter.unthrottledThrottleMode()));
    }
  }

  private void requireEnabled() {
    if (!enabled) {
      throw new IllegalStateException(
          "Faults are off. Set converge.faults.enabled = on, in tests and local clusters only.");
    }
  }
}
