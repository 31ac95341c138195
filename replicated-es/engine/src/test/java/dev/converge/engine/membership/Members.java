package dev.converge.engine.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Membership machines that talk to each other, in order, except with those who are cut off. */
final class Members {
  final Map<ReplicaId, Membership> nodes = new TreeMap<>();
  final Map<ReplicaId, List<MembershipEffect>> effects = new HashMap<>();
  final Set<ReplicaId> cutOff = new HashSet<>();
  private final ArrayDeque<Runnable> network = new ArrayDeque<>();

  Members(ReplicaId... replicas) {
    ReplicaSet first = ReplicaSet.first(Arrays.asList(replicas));
    for (ReplicaId replica : replicas) {
      nodes.put(replica, Membership.first(replica, first));
    }
  }

  /** A node takes an input; then everything that follows from it happens. */
  List<MembershipEffect> run(ReplicaId at, MembershipInput input) {
    List<MembershipEffect> own = step(at, input);
    while (!network.isEmpty()) {
      network.remove().run();
    }
    return own;
  }

  private List<MembershipEffect> step(ReplicaId at, MembershipInput input) {
    Step<Membership, MembershipEffect> step = node(at).step(input);
    nodes.put(at, step.state());
    effects.computeIfAbsent(at, r -> new ArrayList<>()).addAll(step.effects());
    for (MembershipEffect effect : step.effects()) {
      if (effect instanceof MembershipEffect.Send send) {
        network.add(
            () -> {
              if (!cutOff.contains(at)
                  && !cutOff.contains(send.to())
                  && nodes.containsKey(send.to())) {
                step(send.to(), new MembershipInput.Came(at, send.message()));
              }
            });
      }
    }
    return step.effects();
  }

  void stored(ReplicaId at, Map<ReplicaId, Long> held) {
    run(at, new MembershipInput.Stored(VersionVector.of(held)));
  }

  List<MembershipEffect> propose(ReplicaId at, Change change) {
    return run(at, new MembershipInput.Propose(change));
  }

  Membership node(ReplicaId replica) {
    Membership node = nodes.get(replica);
    if (node == null) {
      throw new AssertionError("no node " + replica);
    }
    return node;
  }

  <T extends MembershipEffect> List<T> effects(ReplicaId at, Class<T> type) {
    return effects.getOrDefault(at, List.of()).stream()
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }
}
