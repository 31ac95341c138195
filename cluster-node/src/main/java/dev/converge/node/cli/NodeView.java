package dev.converge.node.cli;

import java.net.URI;
import java.util.List;

/** What is known of one node from outside. */
sealed interface NodeView {
  /** Where it was asked. */
  URI url();

  /** Whether it answers and is ready. */
  default boolean isWell() {
    return this instanceof Answering a && a.ready();
  }

  /** It answers. */
  record Answering(URI url, String self, boolean ready, String leader, List<Member> members)
      implements NodeView {}

  /** It does not, and why. */
  record Silent(URI url, String reason) implements NodeView {}

  /** What a node says about a member of its cluster. */
  record Member(String replica, String status, boolean reachable) {}
}
