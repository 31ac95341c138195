package dev.converge.node.cli;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/** What is known of one node from outside. */
sealed interface NodeView {
  /** Where it was asked. */
  URI url();

  /** Whether it answers and is ready. */
  default boolean isWell() {
    return this instanceof Answering a && a.ready();
  }

  /** It answers. */
  record Answering(
      URI url,
      String self,
      boolean ready,
      String leader,
      List<Member> members,
      Optional<Replicas> replicas)
      implements NodeView {}

  /** It does not, and why. */
  record Silent(URI url, String reason) implements NodeView {}

  /** What a node says about a member of its cluster. */
  record Member(String replica, String status, boolean reachable) {}

  /**
   * What a node says about the set of replicas.
   *
   * @param refusesWrites why it takes no commands, if it takes none
   * @param heldBackBy whom finality waits for
   * @param proposals changes that are being decided
   * @param notes what an operator should know
   */
  record Replicas(
      long epoch,
      String phase,
      Optional<String> refusesWrites,
      List<Replica> members,
      long finalityLagMillis,
      List<String> heldBackBy,
      List<String> proposals,
      List<String> notes) {}

  /**
   * What a node says about a replica.
   *
   * @param lag how many rows of all logs it has not confirmed
   */
  record Replica(String name, boolean reachable, long lag) {}
}
