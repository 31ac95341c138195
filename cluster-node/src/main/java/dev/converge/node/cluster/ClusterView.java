package dev.converge.node.cluster;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The cluster as one node sees it. Immutable.
 *
 * @param self the node's own name
 * @param clusterId which cluster it is in; null while it is in none
 * @param members its members by name, the node itself always among them
 * @param absent configured nodes that are no members, by name
 */
public record ClusterView(
    String self, @Nullable UUID clusterId, List<MemberView> members, List<String> absent) {
  /** The status of a node that is in no cluster. */
  public static final String OUT = "Out";

  /** The status of a node whose cluster system is being replaced. */
  public static final String MERGING = "Merging";

  /**
   * One member.
   *
   * @param name its configured name
   * @param address where its remoting listens, {@code host:port}
   * @param status Pekko's name for its status, such as {@code Up} or {@code WeaklyUp}; of the node
   *     itself also {@link #OUT} and {@link #MERGING}
   * @param reachable whether it answers, over remoting, and over HTTP if its address is configured
   * @param uid the id of its cluster system
   */
  public record MemberView(
      String name, String address, String status, boolean reachable, long uid) {}

  /** Copies the lists. */
  public ClusterView {
    members = List.copyOf(members);
    absent = List.copyOf(absent);
  }

  /**
   * The first reachable member by name. It has no power here: each node is the leader of a Pekko
   * data center of its own, and what needs one node to act finds it by other means.
   *
   * @return its name; none while the node is in no cluster
   */
  public Optional<String> leader() {
    return clusterId == null
        ? Optional.empty()
        : members.stream().filter(MemberView::reachable).map(MemberView::name).findFirst();
  }

  /**
   * A member by name.
   *
   * @param name a node's configured name
   * @return the member, if it is one
   */
  public Optional<MemberView> member(String name) {
    return members.stream().filter(member -> member.name().equals(name)).findFirst();
  }
}
