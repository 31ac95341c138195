package dev.converge.node.cluster;

import dev.converge.node.cluster.ClusterView.MemberView;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line for each thing that happens to the members, found by comparing two views. */
final class ClusterLog {
  private static final Logger LOG = LoggerFactory.getLogger("dev.converge.cluster");

  private ClusterLog() {}

  static void changed(ClusterView before, ClusterView after) {
    if (after.clusterId() == null) {
      return;
    }
    if (before.clusterId() == null) {
      entered(after);
      return;
    }
    if (!after.clusterId().equals(before.clusterId())) {
      LOG.info("The cluster goes by the id {} now", after.clusterId());
    }
    for (MemberView now : after.members()) {
      MemberView then = before.member(now.name()).orElse(null);
      if (then == null) {
        LOG.info("{} joined ({})", now.name(), now.address());
      } else if (then.uid() != now.uid()) {
        LOG.info("{} joined again after a restart ({})", now.name(), now.address());
      } else if (then.reachable() != now.reachable()) {
        LOG.info("{} is {}", now.name(), now.reachable() ? "reachable again" : "unreachable");
      }
    }
    for (MemberView then : before.members()) {
      if (after.member(then.name()).isEmpty()) {
        LOG.info("{} left", then.name());
      }
    }
  }

  private static void entered(ClusterView view) {
    String others =
        view.members().stream()
            .map(MemberView::name)
            .filter(name -> !name.equals(view.self()))
            .collect(Collectors.joining(", "));
    if (others.isEmpty()) {
      LOG.info("{} founded cluster {}", view.self(), view.clusterId());
    } else {
      LOG.info("{} joined cluster {} of {}", view.self(), view.clusterId(), others);
    }
  }
}
